// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import io.github.shmbed.report.Terminal;
import io.github.shmbed.report.Units;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Something that the project set out to reach, and whether this run reached it. One that is missed
 * is shown like one that is met and changes no exit code: a measurement says what is.
 *
 * @param what is to be reached, with its limit
 * @param measured the ratio it is about, and its interval; null when this run did not measure it
 * @param rounds that the ratio is from; fewer than {@value #LEAST_ROUNDS} give no verdict
 * @param limit of the ratio
 * @param atMost whether the ratio must not exceed the limit; otherwise it must reach it
 */
public record Target(
    String bench, String what, Interval measured, int rounds, double limit, boolean atMost) {
  /** On a virtual machine one round in four can be several times slower than the others. */
  public static final int LEAST_ROUNDS = 9;

  /** The ratio must be no more than this. */
  public static Target atMost(
      String bench, String what, double limit, Interval measured, int rounds) {
    return new Target(bench, what, measured, rounds, limit, true);
  }

  /** The ratio must be no less than this. */
  public static Target atLeast(
      String bench, String what, double limit, Interval measured, int rounds) {
    return new Target(bench, what, measured, rounds, limit, false);
  }

  public String verdict() {
    if (!isMeasured()) {
      return "NOT MEASURED";
    }
    return isMet(measured.value()) ? "MET" : "NOT MET";
  }

  private boolean isMeasured() {
    return measured != null && rounds >= LEAST_ROUNDS;
  }

  /** Whether the limit lies within the interval: another run may say the opposite. */
  public boolean isClose() {
    return isMeasured() && isMet(measured.low()) != isMet(measured.high());
  }

  public String line(Terminal terminal) {
    String verdict = String.format(Locale.ROOT, "%-12s", verdict());
    String coloured =
        !isMeasured()
            ? verdict
            : isMet(measured.value()) ? terminal.green(verdict) : terminal.red(verdict);
    return coloured + "  " + what + (measured == null ? "" : ": " + number());
  }

  private String number() {
    return Units.ratio(measured.value(), measured.low(), measured.high())
        + (isClose() ? ", close" : "")
        + (isMeasured() ? "" : ", too few rounds: " + rounds);
  }

  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("bench", bench);
    map.put("what", what);
    map.put("verdict", verdict());
    map.put(atMost ? "atMost" : "atLeast", limit);
    if (measured != null) {
      map.put("unit", "x");
      map.put("measured", measured.value());
      map.put("measuredLow", measured.low());
      map.put("measuredHigh", measured.high());
      map.put("rounds", rounds);
      map.put("close", isClose());
    }
    return map;
  }

  private boolean isMet(double value) {
    return atMost ? value <= limit : value >= limit;
  }
}
