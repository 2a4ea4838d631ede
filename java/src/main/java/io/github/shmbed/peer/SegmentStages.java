// SPDX-License-Identifier: Apache-2.0
// The stages of a segment's life, whatever its API family: each is one call here, with its time in
// the ledger.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.Segment;

/** The stages create, size, reserve, attach, reader-attach, detach and remove of one command. */
abstract class SegmentStages {
  final Options options;
  final Result result;
  final Ledger ledger;
  private boolean created;
  private boolean listed; // among what a signal removes

  SegmentStages(Result result) {
    this.result = result;
    this.options = result.options();
    this.ledger = result.ledger();
  }

  /** The stages of the command's API family. */
  static SegmentStages of(Result result) {
    return result.options().isPosix() ? new PosixStages(result) : new SysvStages(result);
  }

  /**
   * Stages create, size, reserve and attach.
   *
   * @param bytesToWrite what is reserved
   * @param reuse whether a segment that is there may be used again
   */
  abstract Segment create(long sizeBytes, long bytesToWrite, boolean reuse);

  /**
   * Stage reader-attach: the whole of a segment that is there.
   *
   * @param emptyIsNull whether an object whose size is still 0 is null, and not an error
   */
  abstract Segment attachExisting(Access access, boolean emptyIsNull);

  /** Stage detach. */
  abstract void detach(Segment segment);

  /** Stage remove, of a segment that may be gone already. */
  abstract void remove();

  /** As people see it: {@code name=/shm_posix}, {@code key=0x0000a1b2 id=7}. */
  abstract String description();

  /** Removes what {@link #create} made, without measuring; nothing if it made nothing. */
  final synchronized void undo() {
    if (created) {
      created = false;
      removeCreated();
    }
  }

  abstract void removeCreated();

  /** From here on a failure or a signal removes the segment. */
  final void nowCreated() {
    created = true;
    if (!listed) {
      listed = true;
      Undo.add(this::undo);
    }
  }

  final boolean isCreated() {
    return created;
  }

  /** It stays, or was removed as a stage: a failure from here on does not undo it. */
  final void keep() {
    created = false;
  }

  final NativeCallException notReusable(
      String call, String object, int ownerUid, String what, long wanted) {
    return new NativeCallException(
        call,
        object,
        Errno.EEXIST,
        "already there, of uid "
            + Integer.toUnsignedString(ownerUid)
            + " and "
            + what
            + ", where "
            + wanted
            + " of one's own are needed: remove it, or use another one");
  }

  /** The time of a call that is a stage, or a part of one. */
  final void measured(Stage stage, String label, long beginNs) {
    ledger.add(stage, label, beginNs, Ledger.nowNs());
  }
}
