// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.matrix.UsageError;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes on a command line: {@code 64}, {@code 4K}, {@code 1M}, {@code 4G}. */
final class ByteSize {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([KMG]?)");
  private static final long MOST = 1L << 40;
  private static final List<String> UNITS = List.of("", "K", "M", "G");

  private ByteSize() {}

  /**
   * @param option which a message about a wrong size names
   * @throws UsageError when it is no size, or more than 1024G
   */
  static long parse(String option, String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new UsageError(option + " is bytes, as 64, 4K, 1M, not '" + text + "'");
    }
    long number = Long.parseLong(matcher.group(1));
    int shift = 10 * UNITS.indexOf(matcher.group(2));
    if (number > MOST >> shift) {
      throw new UsageError(option + " is at most 1024G, not " + text);
    }
    return number << shift;
  }
}
