// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import java.util.Map;

/**
 * What one round of one series gave.
 *
 * @param samplesNs time of each sample, ns an operation; at least one. A sample may stand for a
 *     batch of operations
 * @param operations how many operations the counters below are over
 * @param cpuNs user and system time of these operations together; -1 when not counted
 * @param minorFaults page faults without I/O (getrusage(2)); -1 when not counted
 * @param majorFaults page faults with I/O; -1 when not counted
 * @param values what else was seen, by name; the row has the mean of the rounds
 */
public record Measurement(
    double[] samplesNs,
    long operations,
    long cpuNs,
    long minorFaults,
    long majorFaults,
    Map<String, Double> values) {

  public Measurement {
    if (samplesNs.length == 0) {
      throw new IllegalArgumentException("a measurement without samples");
    }
    if (operations < 1) {
      throw new IllegalArgumentException("operations must be positive: " + operations);
    }
  }

  /** Nothing else was seen. */
  public Measurement(
      double[] samplesNs, long operations, long cpuNs, long minorFaults, long majorFaults) {
    this(samplesNs, operations, cpuNs, minorFaults, majorFaults, Map.of());
  }

  /** Times alone; nothing was counted. */
  public static Measurement ofTimes(double... samplesNs) {
    return new Measurement(samplesNs, samplesNs.length, -1, -1, -1);
  }
}
