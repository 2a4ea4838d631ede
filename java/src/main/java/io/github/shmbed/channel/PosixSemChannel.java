// SPDX-License-Identifier: Apache-2.0
// Channel posix-sem: two named semaphores (sem_overview(7)) count the descriptors in the lanes.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.SemCalls;

/** The channel {@code posix-sem}. */
final class PosixSemChannel extends LaneChannel {
  private final NativeBuffer until = new NativeBuffer(2 * Long.BYTES);
  private long inSemaphore; // 0: not open
  private long outSemaphore;
  private volatile int created;

  PosixSemChannel(ChannelContext context) {
    super(context);
  }

  @Override
  public void create() {
    inSemaphore = SemCalls.create(context.direction(false), context.mode());
    created = 1;
    outSemaphore = SemCalls.create(context.direction(true), context.mode());
    created = 2;
  }

  @Override
  public void open() {
    if (!context.writer()) {
      inSemaphore = SemCalls.open(context.direction(true));
      outSemaphore = SemCalls.open(context.direction(false));
    }
  }

  @Override
  public void send(Descriptor descriptor) {
    publish(descriptor);
    int result = SemCalls.post(outSemaphore);
    if (result < 0) {
      throw context.failure("sem_post", -result);
    }
  }

  @Override
  public void receive(Descriptor into, long deadlineNs) {
    int result;
    do {
      Realtime.putInstant(until, ChannelContext.sliceNs(deadlineNs));
      result = SemCalls.timedWait(inSemaphore, until.address());
      if (result == -Errno.ETIMEDOUT) {
        context.checkWaiting("sem_timedwait", deadlineNs);
      } else if (result < 0 && result != -Errno.EINTR) {
        throw context.failure("sem_timedwait", -result);
      }
    } while (result < 0);
    takeAnnounced(into);
  }

  @Override
  public boolean receiveNow(Descriptor into) {
    int result = SemCalls.tryWait(inSemaphore);
    if (result == -Errno.EAGAIN || result == -Errno.EINTR) {
      return false;
    }
    if (result < 0) {
      throw context.failure("sem_trywait", -result);
    }
    takeAnnounced(into);
    return true;
  }

  @Override
  public void unlink() {
    if (created >= 1) {
      SemCalls.unlink(context.direction(false));
    }
    if (created >= 2) {
      SemCalls.unlink(context.direction(true));
    }
    created = 0;
  }

  @Override
  public void close() {
    if (inSemaphore != 0) {
      SemCalls.close(inSemaphore);
    }
    if (outSemaphore != 0) {
      SemCalls.close(outSemaphore);
    }
    inSemaphore = 0;
    outSemaphore = 0;
    unlink();
  }
}
