// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.report.Units;
import java.util.Locale;

/** A row as one cell of a table. */
public final class Cells {
  static final String LEGEND = legend("C");

  private Cells() {}

  /**
   * What the cells mean.
   *
   * @param control that ratios are to
   */
  public static String legend(String control) {
    return "medians; n = ns, u = us, m = ms; ratio to "
        + control
        + " with its 95 % interval; =: no difference, the medians' intervals overlap";
  }

  /** The median alone: {@code 12.3u}; empty where there is no row. */
  public static String median(BenchRow row) {
    return row == null ? "" : Units.shortTime(row.medianNs().value());
  }

  /** The median and half its interval's width: {@code 12.3u +-3%}. */
  public static String spread(BenchRow row) {
    return row == null
        ? ""
        : String.format(
            Locale.ROOT, "%s +-%.0f%%", median(row), row.medianNs().relativeSpread() * 100);
  }

  /** The median and the ratio to the control: {@code 12.3u 1.07 (1.05-1.09)}. */
  public static String ratio(BenchRow row) {
    return row == null || row.ratio() == null ? median(row) : median(row) + " " + ratioAlone(row);
  }

  /** The ratio to the control: {@code 1.07 (1.05-1.09)}. */
  public static String ratioAlone(BenchRow row) {
    return row == null || row.ratio() == null
        ? ""
        : String.format(
            Locale.ROOT,
            "%s (%s-%s)%s",
            digits(row.ratio().value()),
            digits(row.ratio().low()),
            digits(row.ratio().high()),
            row.noDifference() ? "=" : " ");
  }

  private static String digits(double ratio) {
    return String.format(
        Locale.ROOT, ratio < 9.995 ? "%.2f" : ratio < 99.95 ? "%.1f" : "%.0f", ratio);
  }
}
