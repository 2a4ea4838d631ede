// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the output can take.
 *
 * @param width columns; nothing is wider
 * @param colour whether escape sequences may be used (no-color.org: not when NO_COLOR is set)
 * @param live whether a line can be written over: standard error is a terminal
 */
public record Terminal(int width, boolean colour, boolean live) {
  private static final int DEFAULT_WIDTH = 100;
  private static final int LEAST_WIDTH = 40;

  /** Of this process: COLUMNS (set by the launcher, or by the user) for the width. */
  public static Terminal ofThisProcess() {
    return of(System.getenv(), isTerminal(1), isTerminal(2));
  }

  static Terminal of(
      Map<String, String> environment, boolean outIsTerminal, boolean errorIsTerminal) {
    String columns = environment.getOrDefault("COLUMNS", "");
    int width =
        columns.matches("[0-9]{1,5}")
            ? Math.max(LEAST_WIDTH, Integer.parseInt(columns))
            : DEFAULT_WIDTH;
    boolean plain =
        !environment.getOrDefault("NO_COLOR", "").isEmpty()
            || "dumb".equals(environment.get("TERM"));
    return new Terminal(
        width, outIsTerminal && !plain, errorIsTerminal && !"dumb".equals(environment.get("TERM")));
  }

  /**
   * Breaks the text between words, so that no line is wider; escape sequences are not counted on.
   */
  public String wrap(String text) {
    StringBuilder wrapped = new StringBuilder();
    int column = 0;
    for (String word : text.split(" ")) {
      boolean fits = column + 1 + word.length() <= width;
      if (column > 0) {
        wrapped.append(fits ? ' ' : '\n');
      }
      column = column == 0 || !fits ? word.length() : column + 1 + word.length();
      wrapped.append(word);
    }
    return wrapped.toString();
  }

  public String bold(String text) {
    return colour ? "\033[1m" + text + "\033[0m" : text;
  }

  public String red(String text) {
    return colour ? "\033[31m" + text + "\033[0m" : text;
  }

  public String green(String text) {
    return colour ? "\033[32m" + text + "\033[0m" : text;
  }

  /**
   * System.console() says nothing about one stream alone, and since JDK 22 is there without a
   * terminal too.
   */
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false; // closed: nobody is looking
    }
  }
}
