// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.result;

/** How a cell ended; docs/architecture.md has the table. A cell's outcome is written once. */
public enum Outcome {
  PASS,
  MISMATCH,
  UNSUPPORTED,
  TIMEOUT,
  CRASH,
  ERROR,
  ENV_ERROR,
  LEAK,
  N_A,
  XFAIL,
  XPASS
}
