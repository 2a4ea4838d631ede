// SPDX-License-Identifier: Apache-2.0
// Looks for single options in a command line that may be wrong elsewhere: an error has to go where
// --result says all the same.
package io.github.shmbed.peer;

/** Options by their spelling alone. */
final class LooseWords {
  private LooseWords() {}

  /** The last value of {@code --name VALUE} or {@code --name=VALUE}; null if there is none. */
  static String last(String[] words, String option) {
    String value = null;
    for (int i = 0; i < words.length; i++) {
      if (words[i].equals(option) && i + 1 < words.length) {
        value = words[i + 1];
      } else if (words[i].startsWith(option + "=")) {
        value = words[i].substring(option.length() + 1);
      }
    }
    return value;
  }

  /** Whether the flag is there. */
  static boolean has(String[] words, String flag) {
    for (String word : words) {
      if (word.equals(flag)) {
        return true;
      }
    }
    return false;
  }
}
