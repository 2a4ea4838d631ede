// SPDX-License-Identifier: Apache-2.0
// A line of --serve into words: blanks separate, single quotes keep blanks.
package io.github.shmbed.peer;

import java.util.ArrayList;
import java.util.List;

/** Splits the lines of peers/CONTRACT.md, section 6. */
final class WordSplitter {
  private WordSplitter() {}

  /**
   * The words of a line.
   *
   * @throws UsageException when a quote is open at the end, or one of the characters {@code "}
   *     {@code \} NUL occurs
   */
  static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' || c == '\\' || c == '\0') {
        throw new UsageException(
            "line: the characters \", \\ and NUL are not allowed; quote with '");
      }
      if (!quoted && (c == ' ' || c == '\t' || c == '\r')) {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (c == '\'') {
        quoted = !quoted;
      } else {
        word.append(c);
      }
    }
    if (quoted) {
      throw new UsageException("line: a single quote is not closed");
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }
}
