// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import java.util.Locale;

/**
 * The two families of shared memory calls. Their objects live in different namespaces, so a pairing
 * stays inside one.
 */
public enum Api {
  POSIX,
  SYSV;

  /** As peers.json writes it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
