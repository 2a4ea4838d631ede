// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

/** The programs of a peer. */
enum Role {
  WRITER("writer"),
  READER("reader"),
  CLEANER("cleaner");

  private final String word;

  Role(String word) {
    this.word = word;
  }

  /** The subcommand, and the role in results. */
  String word() {
    return word;
  }

  /** Null if there is no such role. */
  static Role of(String word) {
    for (Role role : values()) {
      if (role.word.equals(word)) {
        return role;
      }
    }
    return null;
  }
}
