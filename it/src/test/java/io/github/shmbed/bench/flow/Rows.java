// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Interval;
import io.github.shmbed.result.Placement;
import java.util.List;
import java.util.Map;

/** Rows for tests of what is said about rows. */
public final class Rows {
  public static final Placement PLACEMENT = new Placement(List.of(0), true, false, false);

  private Rows() {}

  /** A row of 10 rounds with 1 us median, this ratio within 1 %, 2 us of CPU and 3 faults. */
  public static BenchRow row(
      String variant,
      String stage,
      Map<String, Object> parameters,
      double ratio,
      boolean noDifference) {
    return row(variant, stage, parameters, "control", 1_000, ratio, noDifference, Map.of());
  }

  /**
   * The same with another control, another median and more that was seen.
   *
   * @param control null: it has no ratio
   */
  public static BenchRow row(
      String variant,
      String stage,
      Map<String, Object> parameters,
      String control,
      double medianNs,
      double ratio,
      boolean noDifference,
      Map<String, Double> values) {
    return new BenchRow(
        "test",
        variant,
        stage,
        parameters,
        1_000,
        10,
        new Interval(medianNs, medianNs * 0.99, medianNs * 1.01),
        2_000,
        control,
        control == null ? null : new Interval(ratio, ratio * 0.99, ratio * 1.01),
        noDifference,
        2_000,
        3,
        0,
        values,
        PLACEMENT);
  }

  /** The same row from another number of rounds. */
  public static BenchRow ofRounds(int rounds, BenchRow row) {
    return new BenchRow(
        row.bench(),
        row.variant(),
        row.stage(),
        row.parameters(),
        row.n(),
        rounds,
        row.medianNs(),
        row.p99Ns(),
        row.control(),
        row.ratio(),
        row.noDifference(),
        row.cpuNs(),
        row.minorFaults(),
        row.majorFaults(),
        row.values(),
        row.placement());
  }
}
