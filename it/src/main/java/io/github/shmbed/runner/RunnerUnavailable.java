// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

/** A runner cannot work on this machine; the message is one line that says why and what to do. */
public final class RunnerUnavailable extends Exception {
  private static final long serialVersionUID = 1L;

  public RunnerUnavailable(String message) {
    super(message);
  }

  public RunnerUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
