// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

/** The contract's exit codes (peers/CONTRACT.md, section 2). */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 64;
  static final int UNSUPPORTED = 77;

  private ExitCode() {}
}
