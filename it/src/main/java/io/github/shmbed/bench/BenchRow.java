// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import io.github.shmbed.result.Placement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of results.json: one stage of one variant at one set of parameters.
 *
 * @param n samples in all rounds together
 * @param rounds rounds they come from
 * @param medianNs median of the rounds' medians, with its interval
 * @param p99Ns of all samples
 * @param control the variant that the ratio is to; null when there is none
 * @param ratio of the medians; null when there is no control
 * @param noDifference whether the two medians' intervals overlap, or there are too few rounds to
 *     say that they do not
 * @param cpuNs user and system time an operation; negative when not counted
 * @param minorFaults an operation; negative when not counted
 * @param majorFaults an operation; negative when not counted
 * @param values what else was seen, by name; merged into the JSON object
 * @param parameters what else tells the row apart, as sizeBytes; merged into the JSON object
 */
public record BenchRow(
    String bench,
    String variant,
    String stage,
    Map<String, Object> parameters,
    int n,
    int rounds,
    Interval medianNs,
    double p99Ns,
    String control,
    Interval ratio,
    boolean noDifference,
    double cpuNs,
    double minorFaults,
    double majorFaults,
    Map<String, Double> values,
    Placement placement) {

  /** Fewer say nothing about the spread. */
  static final int LEAST_ROUNDS = 4;

  /** Nothing else was seen. */
  public BenchRow(
      String bench,
      String variant,
      String stage,
      Map<String, Object> parameters,
      int n,
      int rounds,
      Interval medianNs,
      double p99Ns,
      String control,
      Interval ratio,
      boolean noDifference,
      double cpuNs,
      double minorFaults,
      double majorFaults,
      Placement placement) {
    this(
        bench,
        variant,
        stage,
        parameters,
        n,
        rounds,
        medianNs,
        p99Ns,
        control,
        ratio,
        noDifference,
        cpuNs,
        minorFaults,
        majorFaults,
        Map.of(),
        placement);
  }

  /** Whether there are rounds enough to tell a difference from noise. */
  public boolean hasSpread() {
    return rounds >= LEAST_ROUNDS;
  }

  /** The row as results.json has it. Times are integers from 1 us on and have one decimal below. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("bench", bench);
    map.put("variant", variant);
    map.put("stage", stage);
    map.putAll(parameters);
    map.put("n", n);
    map.put("rounds", rounds);
    map.put("medianNs", ns(medianNs.value()));
    map.put("medianLowNs", ns(medianNs.low()));
    map.put("medianHighNs", ns(medianNs.high()));
    map.put("p99Ns", ns(p99Ns));
    if (ratio != null) {
      map.put("control", control);
      map.put("ratio", thousandths(ratio.value()));
      map.put("ratioLow", thousandths(ratio.low()));
      map.put("ratioHigh", thousandths(ratio.high()));
      map.put("noDifference", noDifference);
    }
    if (cpuNs >= 0) {
      map.put("cpuNs", ns(cpuNs));
    }
    if (minorFaults >= 0) {
      map.put("minorFaults", thousandths(minorFaults));
      map.put("majorFaults", thousandths(majorFaults));
    }
    values.forEach((name, value) -> map.put(name, thousandths(value)));
    map.put("placement", placement.toMap());
    return map;
  }

  private static Object ns(double value) {
    if (Math.abs(value) >= 1_000) {
      return Math.round(value);
    }
    return Math.round(value * 10) / 10.0;
  }

  private static double thousandths(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }
}
