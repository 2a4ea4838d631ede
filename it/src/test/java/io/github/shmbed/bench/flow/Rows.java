// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Interval;
import io.github.shmbed.result.Placement;
import java.util.List;
import java.util.Map;

/** Rows for tests of what is said about rows. */
final class Rows {
  static final Placement PLACEMENT = new Placement(List.of(0), true, false, false);

  private Rows() {}

  /** A row of 10 rounds with 1 us median, this ratio within 1 %, 2 us of CPU and 3 faults. */
  static BenchRow row(
      String variant,
      String stage,
      Map<String, Object> parameters,
      double ratio,
      boolean noDifference) {
    return new BenchRow(
        "test",
        variant,
        stage,
        parameters,
        1_000,
        10,
        new Interval(1_000, 990, 1_010),
        2_000,
        "control",
        new Interval(ratio, ratio * 0.99, ratio * 1.01),
        noDifference,
        2_000,
        3,
        0,
        PLACEMENT);
  }
}
