// SPDX-License-Identifier: Apache-2.0
// The buffers that a segment has handed out: while one of them is reachable, their addresses must
// not become somebody else's.
package io.github.shmbed.segment;

import io.github.shmbed.libc.PosixCalls;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;

/** Counts a segment's reachable windows and frees their addresses after the last one. */
final class Windows {
  private static final Cleaner CLEANER = Cleaner.create();

  private final String object;
  private final long address;
  private final long sizeBytes;
  private int reachable;
  private boolean detached;

  Windows(String object, long address, long sizeBytes) {
    this.object = object;
    this.address = address;
    this.sizeBytes = sizeBytes;
  }

  /**
   * Counts a window.
   *
   * @param memory what all its slices and duplicates keep reachable: a buffer that is no view of
   *     another one
   * @return ends the window's life before it is unreachable
   */
  synchronized Cleaner.Cleanable handedOut(ByteBuffer memory) {
    reachable++;
    return CLEANER.register(memory, this::unreachable);
  }

  /**
   * Gives the segment's memory back but keeps the addresses while windows on them are reachable.
   *
   * @return false when there are no such windows; the caller then detaches in the usual way
   */
  synchronized boolean detachUnderThem() {
    if (reachable == 0) {
      return false;
    }
    PosixCalls.mmapNothingOver(address, sizeBytes, object);
    detached = true;
    return true;
  }

  private synchronized void unreachable() {
    reachable--;
    if (reachable == 0 && detached) {
      PosixCalls.munmap(address, sizeBytes, object);
    }
  }
}
