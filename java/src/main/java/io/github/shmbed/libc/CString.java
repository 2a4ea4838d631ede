// SPDX-License-Identifier: Apache-2.0
// Java text as the bytes of a C string: UTF-8 whatever the locale, and never cut at a NUL in
// silence.
package io.github.shmbed.libc;

import java.nio.charset.StandardCharsets;

/** C strings. */
public final class CString {
  private CString() {}

  /**
   * The UTF-8 bytes and a terminating NUL.
   *
   * @throws IllegalArgumentException when the text itself holds a NUL, where C would stop reading
   */
  public static byte[] of(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL inside " + text.replace("\0", "\\0"));
    }
    return text.concat("\0").getBytes(StandardCharsets.UTF_8);
  }
}
