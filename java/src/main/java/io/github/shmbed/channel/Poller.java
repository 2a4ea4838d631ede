// SPDX-License-Identifier: Apache-2.0
// Waits for descriptors with poll(2) until a deadline.
package io.github.shmbed.channel;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileCalls;
import io.github.shmbed.libc.NativeBuffer;

/** One or two descriptors to wait for. Allocates nothing after construction. */
final class Poller {
  private static final long NS_PER_MS = 1_000_000;
  private static final int EVENTS = 4;
  private static final int REVENTS = 6;

  private final ChannelContext context;
  private final NativeBuffer polled;
  private final int count;

  Poller(ChannelContext context, int events, int... descriptors) {
    this.context = context;
    this.count = descriptors.length;
    this.polled = new NativeBuffer(count * FileCalls.POLLFD_BYTES);
    for (int i = 0; i < count; i++) {
      polled.bytes().putInt(i * FileCalls.POLLFD_BYTES, descriptors[i]);
      polled.bytes().putShort(i * FileCalls.POLLFD_BYTES + EVENTS, (short) events);
    }
  }

  /** Returns when there is an event, the end of the stream among them. */
  void await(long deadlineNs) {
    while (true) {
      long leftMs = Math.max(0, (deadlineNs - System.nanoTime() + NS_PER_MS - 1) / NS_PER_MS);
      int result =
          FileCalls.poll(polled.address(), count, (int) Math.min(leftMs, Integer.MAX_VALUE));
      if (result > 0) {
        return;
      }
      if (result == 0 && ChannelContext.passed(deadlineNs)) {
        throw context.timeout("poll");
      }
      if (result < 0 && result != -Errno.EINTR) {
        throw context.failure("poll", -result);
      }
    }
  }

  /** Whether there is an event now. */
  boolean hasEvent() {
    return FileCalls.poll(polled.address(), count, 0) > 0;
  }

  /** Whether that descriptor had the event that was waited for. */
  boolean ready(int index) {
    int events = polled.bytes().getShort(index * FileCalls.POLLFD_BYTES + REVENTS);
    return (events & (FileCalls.POLLIN | FileCalls.POLLOUT)) != 0;
  }
}
