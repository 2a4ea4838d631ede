// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

/** A serving peer ended instead of answering. */
public final class PeerGone extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient ExitStatus status;

  public PeerGone(ExitStatus status) {
    super(status.toString());
    this.status = status;
  }

  public ExitStatus status() {
    return status;
  }
}
