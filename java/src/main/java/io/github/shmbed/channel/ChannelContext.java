// SPDX-License-Identifier: Apache-2.0
// What every channel knows about its command, and the errors they have in common.
package io.github.shmbed.channel;

import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.Segment;

/**
 * One side's view of a channel.
 *
 * @param spec as in {@code --channel}, for messages
 * @param address what follows the colon, or empty
 * @param writer whether this side is the writer
 * @param mode permission bits of the objects that have some
 * @param segment where the lanes lie and the state
 * @param channelOffset of the channel block, 0 if there is none
 * @param deadlineNs the command's, an instant of CLOCK_MONOTONIC
 */
public record ChannelContext(
    String spec,
    String address,
    boolean writer,
    int mode,
    Segment segment,
    long channelOffset,
    long deadlineNs) {

  /**
   * Waits that the end of the other process does not interrupt are cut into slices of this length;
   * after each the segment's state is looked at.
   */
  static final long SLICE_NS = 50_000_000;

  /** The lane that this side consumes. */
  Lane laneIn() {
    return new Lane(segment, channelOffset + (writer ? Lane.BYTES : 0));
  }

  /** The lane that this side publishes to. */
  Lane laneOut() {
    return new Lane(segment, channelOffset + (writer ? 0 : Lane.BYTES));
  }

  /** The name of one direction's object: ADDRESS.r to the reader, ADDRESS.w to the writer. */
  String direction(boolean toReader) {
    return address + (toReader ? ".r" : ".w");
  }

  /** The time left, at most a slice, at least 1 ns. */
  static long sliceNs(long deadlineNs) {
    return Math.max(1, Math.min(SLICE_NS, deadlineNs - System.nanoTime()));
  }

  static boolean passed(long deadlineNs) {
    return System.nanoTime() - deadlineNs >= 0;
  }

  /**
   * After a slice without a message: the writer may have ended, or the time may be up.
   *
   * @throws NativeCallException EPIPE, ETIMEDOUT
   */
  void checkWaiting(String call, long deadlineNs) {
    if (FramedHeader.state(segment) == FramedHeader.STATE_CLOSED) {
      throw closed(call);
    }
    if (passed(deadlineNs)) {
      throw timeout(call);
    }
  }

  NativeCallException failure(String call, int errno) {
    return new NativeCallException(call, spec, errno);
  }

  NativeCallException timeout(String call) {
    return new NativeCallException(
        call,
        spec,
        Errno.ETIMEDOUT,
        "the "
            + other()
            + " did not answer in time: is it running, with the same --channel and segment?");
  }

  NativeCallException closed(String call) {
    return new NativeCallException(
        call, spec, Errno.EPIPE, "peer closed: see the " + other() + "'s error");
  }

  NativeCallException broken(String call, int errno, String what) {
    return new NativeCallException(call, spec, errno, what);
  }

  private String other() {
    return writer ? "reader" : "writer";
  }
}
