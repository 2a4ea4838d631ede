// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.result.Mismatch;
import io.github.shmbed.result.Outcome;

/** Ends a cell with an outcome other than PASS. */
public final class CellFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private final Outcome outcome;
  private final transient Mismatch mismatch;

  public CellFailure(Outcome outcome, String reason) {
    super(reason);
    this.outcome = outcome;
    this.mismatch = null;
  }

  public CellFailure(Mismatch mismatch) {
    super(mismatch.describe());
    this.outcome = Outcome.MISMATCH;
    this.mismatch = mismatch;
  }

  public Outcome outcome() {
    return outcome;
  }

  /** Where the bytes differ; null for every outcome but MISMATCH. */
  public Mismatch mismatch() {
    return mismatch;
  }
}
