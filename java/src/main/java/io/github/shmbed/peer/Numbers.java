// SPDX-License-Identifier: Apache-2.0
// Numbers of the command line: digits only, a range, and a message that names the option.
package io.github.shmbed.peer;

/** Parses the contract's numbers. */
final class Numbers {
  private Numbers() {}

  /** A decimal number. */
  static long decimal(String option, String text, long min, long max) {
    return inRange(option, text, digits(option, text, text, 10), min, max);
  }

  /** A decimal number, or a hexadecimal one after 0x. */
  static long decimalOrHex(String option, String text, long min, long max) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    long value = hex ? digits(option, text, text.substring(2), 16) : digits(option, text, text, 10);
    return inRange(option, text, value, min, max);
  }

  /** Permission bits, octal. */
  static int mode(String option, String text) {
    return (int) inRange(option, text, digits(option, text, text, 8), 0, 0777);
  }

  /** Bytes, or KiB, MiB, GiB with a suffix. */
  static long size(String option, String text, long min, long max) {
    int shift = text.isEmpty() ? 0 : shift(text.charAt(text.length() - 1));
    long value = digits(option, text, shift == 0 ? text : text.substring(0, text.length() - 1), 10);
    if (value > max >>> shift) {
      throw outOfRange(option, text, min, max);
    }
    return inRange(option, text, value << shift, min, max);
  }

  private static int shift(char suffix) {
    switch (suffix) {
      case 'K':
        return 10;
      case 'M':
        return 20;
      case 'G':
        return 30;
      default:
        return 0;
    }
  }

  /** Plain ASCII digits: Long.parseLong would take a sign and the digits of other scripts. */
  private static long digits(String option, String text, String digits, int radix) {
    if (digits.isEmpty()) {
      throw new UsageException(option + " '" + text + "': not a number");
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      int digit = c < 128 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        throw new UsageException(
            option + " '" + text + "': not a number" + (radix == 8 ? " in octal" : ""));
      }
      if (value > (Long.MAX_VALUE - digit) / radix) {
        throw new UsageException(option + " '" + text + "': the number is too large");
      }
      value = value * radix + digit;
    }
    return value;
  }

  private static long inRange(String option, String text, long value, long min, long max) {
    if (value < min || value > max) {
      throw outOfRange(option, text, min, max);
    }
    return value;
  }

  private static UsageException outOfRange(String option, String text, long min, long max) {
    return new UsageException(option + " " + text + ": must be " + min + " to " + max);
  }
}
