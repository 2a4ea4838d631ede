// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import java.util.Locale;

/** Numbers for a person: three digits and a unit. */
public final class Units {
  private Units() {}

  /** {@code 57.1 ns}, {@code 1.23 us}, {@code 12.3 ms}, {@code 4.00 s}. */
  public static String time(double ns) {
    double size = Math.abs(ns);
    if (size < 1e3) {
      return threeDigits(ns) + " ns";
    }
    if (size < 1e6) {
      return threeDigits(ns / 1e3) + " us";
    }
    return size < 1e9 ? threeDigits(ns / 1e6) + " ms" : threeDigits(ns / 1e9) + " s";
  }

  /** The same for a narrow column: {@code 57.1n}, {@code 1.23u}, {@code 12.3m}, {@code 4.00s}. */
  public static String shortTime(double ns) {
    String time = time(ns);
    return time.substring(0, time.indexOf(' ')) + time.charAt(time.indexOf(' ') + 1);
  }

  /** {@code 4 KiB}, {@code 64 MiB}; bytes where the unit does not divide them. */
  public static String size(long bytes) {
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
      return (bytes >> 20) + " MiB";
    }
    return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
  }

  /** {@code 0.98x}, {@code 12.3x}. */
  public static String ratio(double ratio) {
    return threeDigits(ratio) + "x";
  }

  /** {@code 0.98x (0.95 to 1.02)}. */
  public static String ratio(double value, double low, double high) {
    return String.format(
        Locale.ROOT, "%s (%s to %s)", ratio(value), threeDigits(low), threeDigits(high));
  }

  /** {@code 1.2 %}. */
  public static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f %%", part * 100);
  }

  /** A count an operation: whole where it is large. */
  public static String count(double value) {
    return value >= 10 || value == Math.rint(value)
        ? Long.toString(Math.round(value))
        : String.format(Locale.ROOT, "%.2g", value);
  }

  private static String threeDigits(double value) {
    double size = Math.abs(value);
    return String.format(
        Locale.ROOT, size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%.0f", value);
  }
}
