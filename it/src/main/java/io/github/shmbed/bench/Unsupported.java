// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

/**
 * This machine cannot do what a series measures. The reason is shown at the end of the run; the
 * series has no row.
 */
public final class Unsupported extends Exception {
  private static final long serialVersionUID = 1L;

  public Unsupported(String reason) {
    super(reason);
  }
}
