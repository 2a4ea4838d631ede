// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

/** A command line that is wrong; the message names the option. Exit code 64. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
