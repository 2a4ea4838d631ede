// SPDX-License-Identifier: Apache-2.0
// One direction of descriptors in the segment: a ring with one producer and one consumer.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.segment.Segment;

/**
 * One side of a lane (peers/CONTRACT.md, section 8). What this side has done it counts here and
 * never reads back from the segment; the other side's counter is not trusted. The producer's
 * release and the consumer's acquire make the slot, and the payload written before it, visible.
 */
final class Lane {
  static final int BYTES = 4352;

  private static final int TAIL = 0;
  private static final int HEAD = 128;
  private static final int SLOTS = 256;
  private static final int SLOT_BYTES = 64;
  private static final int SLOT_COUNT = 64;

  private final Segment segment;
  private final long offset;
  private long done;

  Lane(Segment segment, long offset) {
    this.segment = segment;
    this.offset = offset;
  }

  /** Publishes; false when the lane is full or the consumer's counter lies. */
  boolean publish(Descriptor descriptor) {
    long waiting = done - segment.getLongAcquire(offset + HEAD);
    if (Long.compareUnsigned(waiting, SLOT_COUNT) >= 0) {
      return false;
    }
    descriptor.encode(segment, slot());
    done++;
    segment.putLongRelease(offset + TAIL, done);
    return true;
  }

  /** How many descriptors wait here; more than 64, unsigned, when the producer's counter lies. */
  long waiting() {
    return segment.getLongAcquire(offset + TAIL) - done;
  }

  /** Whether {@link #waiting} can be true. */
  static boolean isSound(long waiting) {
    return Long.compareUnsigned(waiting, SLOT_COUNT) <= 0;
  }

  /** Takes the next descriptor, which must be there. */
  void take(Descriptor into) {
    into.decode(segment, slot());
    done++;
    segment.putLongRelease(offset + HEAD, done);
  }

  /** The low 4 bytes of tail as they were when all published descriptors were consumed. */
  int doneWord() {
    return (int) done;
  }

  /** The address of tail, whose low 4 bytes are the futex word. */
  long tailAddress() {
    return segment.addressOf(offset + TAIL, Long.BYTES);
  }

  private long slot() {
    return offset + SLOTS + (done & SLOT_COUNT - 1) * SLOT_BYTES;
  }
}
