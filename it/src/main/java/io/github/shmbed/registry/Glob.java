// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import java.util.regex.Pattern;

/**
 * Patterns as in a shell: {@code *} is any text, {@code ?} one character; everything else is
 * itself.
 */
public final class Glob {
  private Glob() {}

  public static boolean matches(String glob, String text) {
    StringBuilder regex = new StringBuilder();
    for (char c : glob.toCharArray()) {
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return Pattern.matches(regex.toString(), text);
  }
}
