// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.layout.Creator;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.Segment;
import java.security.SecureRandom;
import java.util.concurrent.locks.LockSupport;

/** A segment with a header: the payload's, or that of a channel. */
final class Area implements AutoCloseable {
  private static final long PAUSE_NS = 200_000;

  private final String name;
  private Segment segment;
  private FramedHeader header;
  private boolean created;

  Area(String name) {
    this.name = name;
  }

  Segment segment() {
    return segment;
  }

  FramedHeader header() {
    return header;
  }

  /** Makes it, not ready yet. */
  void create(long messageBytes, long channelBytes) {
    long generation = new SecureRandom().nextLong() | 1;
    header = FramedHeader.plan(messageBytes, 1, channelBytes, generation, Creator.self());
    segment = PosixSegment.createExclusively(name, header.segmentSizeBytes(), 0600);
    created = true;
    segment.put(0, header.toBytes(), 0, FramedHeader.BYTES);
  }

  /** The others may use it. */
  void ready() {
    FramedHeader.publishState(segment, FramedHeader.STATE_READY);
  }

  /** Attaches it as soon as it is ready. */
  void open(long channelBytes, long deadlineNs) {
    while (!isReady()) {
      if (System.nanoTime() - deadlineNs >= 0) {
        throw new NativeCallException("shm_open", name, Errno.ETIMEDOUT);
      }
      LockSupport.parkNanos(PAUSE_NS);
    }
    byte[] copy = new byte[FramedHeader.BYTES];
    segment.get(0, copy, 0, copy.length);
    header = FramedHeader.parse(copy, segment.sizeBytes(), channelBytes, name);
  }

  private boolean isReady() {
    try {
      segment = PosixSegment.openExisting(name, Access.READ_WRITE);
    } catch (NativeCallException notYet) {
      return false; // not there, or without a size
    }
    if (segment.sizeBytes() >= FramedHeader.BYTES
        && FramedHeader.state(segment) == FramedHeader.STATE_READY) {
      return true;
    }
    segment.close();
    segment = null;
    return false;
  }

  /** Detaches it, and removes it if it was made here. */
  @Override
  public void close() {
    if (segment != null) {
      segment.close();
      segment = null;
    }
    if (created) {
      created = false;
      PosixSegment.unlink(name);
    }
  }
}
