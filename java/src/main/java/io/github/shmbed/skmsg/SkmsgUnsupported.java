// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.skmsg;

/** This kernel or this user cannot have a manager; the message is the reason and the remedy. */
public final class SkmsgUnsupported extends Exception {
  private static final long serialVersionUID = 1L;

  SkmsgUnsupported(String reason, Throwable cause) {
    super(reason, cause);
  }
}
