// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

/**
 * A command line that asks for what this peer does not have; the message says what. Exit code 77.
 */
final class UnsupportedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsupportedException(String message) {
    super(message);
  }
}
