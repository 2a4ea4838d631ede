// SPDX-License-Identifier: Apache-2.0
// Channel futex: the receiver sleeps on the low 4 bytes of the lane's tail (futex(2), shared
// between processes).
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FutexCalls;
import io.github.shmbed.libc.NativeBuffer;

/** The channel {@code futex}. */
final class FutexChannel extends LaneChannel {
  private final NativeBuffer timeout = new NativeBuffer(2 * Long.BYTES);
  private final long inWord;
  private final long outWord;

  FutexChannel(ChannelContext context) {
    super(context);
    inWord = in.tailAddress();
    outWord = out.tailAddress();
  }

  @Override
  public void create() {
    // The lanes are part of the segment.
  }

  @Override
  public void open() {
    // As above.
  }

  @Override
  public void send(Descriptor descriptor) {
    publish(descriptor);
    int result = FutexCalls.wakeAll(outWord);
    if (result < 0) {
      throw context.failure("futex", -result);
    }
  }

  @Override
  public void receive(Descriptor into, long deadlineNs) {
    while (!poll(into)) {
      timeout.putTimespec(0, ChannelContext.sliceNs(deadlineNs));
      // Asleep only while tail is what this side has consumed.
      int result = FutexCalls.waitWhile(inWord, in.doneWord(), timeout.address());
      if (result == -Errno.ETIMEDOUT) {
        context.checkWaiting("futex", deadlineNs);
      } else if (result < 0 && result != -Errno.EAGAIN && result != -Errno.EINTR) {
        throw context.failure("futex", -result);
      }
    }
  }

  @Override
  public void unlink() {
    // Nothing has a name.
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
