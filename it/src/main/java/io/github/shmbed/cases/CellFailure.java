// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.result.Mismatch;
import io.github.shmbed.result.Outcome;

/** Ends a cell with an outcome other than PASS. */
public final class CellFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private final Outcome outcome;
  private final transient Mismatch mismatch;
  private final String errno;
  private final String lacks;

  public CellFailure(Outcome outcome, String reason) {
    this(outcome, reason, null);
  }

  /**
   * @param errno the name that the peer's error has, as EPIPE; null when there is none
   */
  public CellFailure(Outcome outcome, String reason, String errno) {
    super(reason);
    this.outcome = outcome;
    this.mismatch = null;
    this.errno = errno;
    this.lacks = null;
  }

  private CellFailure(String reason, String lacks) {
    super(reason);
    this.outcome = Outcome.UNSUPPORTED;
    this.mismatch = null;
    this.errno = null;
    this.lacks = lacks;
  }

  /**
   * A peer that does not have what was asked for.
   *
   * @param lacks what its machine lacks for it, by its own word; null when the peer itself has it
   *     not
   */
  public static CellFailure unsupported(String reason, String lacks) {
    return new CellFailure(reason, lacks);
  }

  public CellFailure(Mismatch mismatch) {
    super(mismatch.describe());
    this.outcome = Outcome.MISMATCH;
    this.mismatch = mismatch;
    this.errno = null;
    this.lacks = null;
  }

  public Outcome outcome() {
    return outcome;
  }

  /** The errno's name that the peer reported; null when it reported none. */
  public String errno() {
    return errno;
  }

  /** What a peer's machine lacks; null when that is not why the cell ended. */
  public String lacks() {
    return lacks;
  }

  /** Where the bytes differ; null for every outcome but MISMATCH. */
  public Mismatch mismatch() {
    return mismatch;
  }
}
