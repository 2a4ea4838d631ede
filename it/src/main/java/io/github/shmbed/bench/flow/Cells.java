// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Units;
import java.util.Locale;

/** A row as one cell of a table. */
final class Cells {
  static final String LEGEND =
      "medians; n = ns, u = us, m = ms; ratio to C with its 95 % interval;"
          + " =: no difference, the medians' intervals overlap";

  private Cells() {}

  /** The median alone: {@code 12.3u}; empty where there is no row. */
  static String median(BenchRow row) {
    return row == null ? "" : Units.shortTime(row.medianNs().value());
  }

  /** The median and the ratio to the control: {@code 12.3u 1.07 (1.05-1.09)}. */
  static String ratio(BenchRow row) {
    if (row == null || row.ratio() == null) {
      return median(row);
    }
    return String.format(
        Locale.ROOT,
        "%s %s (%s-%s)%s",
        median(row),
        digits(row.ratio().value()),
        digits(row.ratio().low()),
        digits(row.ratio().high()),
        row.noDifference() ? "=" : " ");
  }

  /** The same without the interval: {@code 12.3u 1.07}. */
  static String shortRatio(BenchRow row) {
    if (row == null || row.ratio() == null) {
      return median(row);
    }
    return median(row) + " " + digits(row.ratio().value()) + (row.noDifference() ? "=" : " ");
  }

  private static String digits(double ratio) {
    return String.format(
        Locale.ROOT, ratio < 9.995 ? "%.2f" : ratio < 99.95 ? "%.1f" : "%.0f", ratio);
  }
}
