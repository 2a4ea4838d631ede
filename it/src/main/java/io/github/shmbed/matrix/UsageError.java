// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

/** The user asked for something that there is not; exit 2. The message says what there is. */
public final class UsageError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageError(String message) {
    super(message);
  }
}
