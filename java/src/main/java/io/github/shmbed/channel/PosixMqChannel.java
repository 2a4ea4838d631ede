// SPDX-License-Identifier: Apache-2.0
// Channel posix-mq: two message queues (mq_overview(7)).
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.MqCalls;
import io.github.shmbed.libc.NativeBuffer;

/** The channel {@code posix-mq}. */
final class PosixMqChannel implements Channel {
  private static final int CLOSED = -1;
  private static final int MAX_MESSAGES = 8;

  private final ChannelContext context;
  private final NativeBuffer received = new NativeBuffer(Descriptor.BYTES);
  private final NativeBuffer sent = new NativeBuffer(Descriptor.BYTES);
  private final NativeBuffer until = new NativeBuffer(2 * Long.BYTES);
  private int in = CLOSED;
  private int out = CLOSED;
  private volatile int created;

  PosixMqChannel(ChannelContext context) {
    this.context = context;
  }

  @Override
  public void create() {
    in = MqCalls.create(context.direction(false), context.mode(), MAX_MESSAGES, Descriptor.BYTES);
    created = 1;
    out = MqCalls.create(context.direction(true), context.mode(), MAX_MESSAGES, Descriptor.BYTES);
    created = 2;
  }

  @Override
  public void open() {
    if (context.writer()) {
      return;
    }
    in = MqCalls.open(context.direction(true), true);
    out = MqCalls.open(context.direction(false), false);
    if (MqCalls.messageBytes(in, context.spec()) != Descriptor.BYTES) {
      throw context.broken("mq_getattr", Errno.EBADMSG, "its messages are not 48 bytes long");
    }
  }

  @Override
  public void send(Descriptor descriptor) {
    descriptor.encode(sent.bytes(), 0);
    int result;
    do {
      Realtime.putInstant(until, ChannelContext.sliceNs(context.deadlineNs()));
      result = MqCalls.timedSend(out, sent.address(), Descriptor.BYTES, until.address());
      checkWaiting("mq_timedsend", result, context.deadlineNs());
    } while (result < 0);
  }

  @Override
  public void receive(Descriptor into, long deadlineNs) {
    long result;
    do {
      Realtime.putInstant(until, ChannelContext.sliceNs(deadlineNs));
      result = MqCalls.timedReceive(in, received.address(), Descriptor.BYTES, until.address());
      checkWaiting("mq_timedreceive", result, deadlineNs);
    } while (result < 0);
    decode(into, result);
  }

  @Override
  public boolean receiveNow(Descriptor into) {
    until.putTimespec(0, 0); // long past: an empty queue is ETIMEDOUT at once
    long result = MqCalls.timedReceive(in, received.address(), Descriptor.BYTES, until.address());
    if (result == -Errno.ETIMEDOUT || result == -Errno.EINTR) {
      return false;
    }
    if (result < 0) {
      throw context.failure("mq_timedreceive", (int) -result);
    }
    decode(into, result);
    return true;
  }

  private void decode(Descriptor into, long length) {
    if (length != Descriptor.BYTES) {
      throw context.broken("mq_timedreceive", Errno.EBADMSG, "a message that is not 48 bytes long");
    }
    into.decode(received.bytes(), 0);
  }

  private void checkWaiting(String call, long result, long deadlineNs) {
    if (result == -Errno.ETIMEDOUT) {
      context.checkWaiting(call, deadlineNs);
    } else if (result < 0 && result != -Errno.EINTR) {
      throw context.failure(call, (int) -result);
    }
  }

  @Override
  public void unlink() {
    if (created >= 1) {
      MqCalls.unlink(context.direction(false));
    }
    if (created >= 2) {
      MqCalls.unlink(context.direction(true));
    }
    created = 0;
  }

  @Override
  public void close() {
    if (in != CLOSED) {
      MqCalls.close(in);
    }
    if (out != CLOSED) {
      MqCalls.close(out);
    }
    in = CLOSED;
    out = CLOSED;
    unlink();
  }
}
