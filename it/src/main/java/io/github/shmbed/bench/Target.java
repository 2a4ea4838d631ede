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
 * @param measured the number it is about, and its interval; null when this run did not measure it
 * @param unit of the number: {@value #TIMES}, {@value #SECONDS}
 * @param limit of the number
 * @param atMost whether the number must not exceed the limit; otherwise it must reach it
 */
public record Target(
    String bench, String what, Interval measured, String unit, double limit, boolean atMost) {
  /** A ratio. */
  private static final String TIMES = "x";

  private static final String SECONDS = "s";

  /** The ratio must be no more than this. */
  public static Target atMost(String bench, String what, double limit, Interval measured) {
    return new Target(bench, what, measured, TIMES, limit, true);
  }

  /** The ratio must be no less than this. */
  public static Target atLeast(String bench, String what, double limit, Interval measured) {
    return new Target(bench, what, measured, TIMES, limit, false);
  }

  /** Something that is done once must take no longer than this. */
  public static Target within(String bench, String what, double limitSeconds, Double seconds) {
    Interval measured = seconds == null ? null : new Interval(seconds, seconds, seconds);
    return new Target(bench, what, measured, SECONDS, limitSeconds, true);
  }

  public String verdict() {
    if (measured == null) {
      return "NOT MEASURED";
    }
    return isMet(measured.value()) ? "MET" : "NOT MET";
  }

  /** Whether the limit lies within the interval: another run may say the opposite. */
  public boolean isClose() {
    return measured != null && isMet(measured.low()) != isMet(measured.high());
  }

  public String line(Terminal terminal) {
    String verdict = String.format(Locale.ROOT, "%-12s", verdict());
    String coloured =
        measured == null
            ? verdict
            : isMet(measured.value()) ? terminal.green(verdict) : terminal.red(verdict);
    return coloured + "  " + what + (measured == null ? "" : ": " + number());
  }

  private String number() {
    return unit.equals(SECONDS)
        ? Units.time(measured.value() * 1e9)
        : Units.ratio(measured.value(), measured.low(), measured.high())
            + (isClose() ? ", close" : "");
  }

  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("bench", bench);
    map.put("what", what);
    map.put("verdict", verdict());
    map.put(atMost ? "atMost" : "atLeast", limit);
    if (measured != null) {
      map.put("unit", unit);
      map.put("measured", measured.value());
      map.put("measuredLow", measured.low());
      map.put("measuredHigh", measured.high());
      map.put("close", isClose());
    }
    return map;
  }

  private boolean isMet(double value) {
    return atMost ? value <= limit : value >= limit;
  }
}
