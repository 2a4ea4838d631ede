// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import java.util.Locale;

/** What a program of a peer does. */
public enum Role {
  WRITER,
  READER,
  CLEANER;

  /** As peers.json and the result object write it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
