// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

/**
 * A serving peer gave no answer until the deadline. The message says what it was doing, as far as
 * the kernel tells.
 */
public final class PeerSilent extends Exception {
  private static final long serialVersionUID = 1L;

  public PeerSilent(String message) {
    super(message);
  }
}
