// SPDX-License-Identifier: Apache-2.0
// Channel sysv-msg: one System V message queue, a message type for each direction.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.MsgCalls;
import io.github.shmbed.libc.NativeBuffer;

/**
 * The channel {@code sysv-msg}. msgrcv(2) knows no deadline: at the deadline a thread of this
 * process puts an empty message of the awaited type into the queue, which ends the wait. No
 * descriptor is empty, so it cannot be taken for one.
 */
final class SysvMsgChannel implements Channel {
  private static final int TYPE_TO_READER = 1;
  private static final int TYPE_TO_WRITER = 2;
  private static final int TEXT = Long.BYTES; // after the type
  private static final int CLOSED = -1;
  private static final long NS_PER_MS = 1_000_000;

  private final ChannelContext context;
  private final int key;
  private final long typeIn;
  private final NativeBuffer received = new NativeBuffer(TEXT + Descriptor.BYTES);
  private final NativeBuffer sent = new NativeBuffer(TEXT + Descriptor.BYTES);
  private volatile int queue = CLOSED;
  private volatile boolean created;
  private Thread alarm;

  /** A channel on the queue of that key. */
  SysvMsgChannel(ChannelContext context, int key) {
    this.context = context;
    this.key = key;
    this.typeIn = context.writer() ? TYPE_TO_WRITER : TYPE_TO_READER;
    sent.bytes().putLong(0, context.writer() ? TYPE_TO_READER : TYPE_TO_WRITER);
  }

  @Override
  public void create() {
    queue = MsgCalls.create(key, context.mode(), context.spec());
    created = true;
  }

  @Override
  public void open() {
    if (!context.writer()) {
      queue = MsgCalls.open(key, context.spec());
    }
    alarm = new Thread(this::endWaitAtDeadline, "shmbed-deadline");
    alarm.setDaemon(true);
    alarm.start();
  }

  private void endWaitAtDeadline() {
    NativeBuffer empty = new NativeBuffer(TEXT);
    empty.bytes().putLong(0, typeIn);
    try {
      while (!ChannelContext.passed(context.deadlineNs())) {
        long leftNs = context.deadlineNs() - System.nanoTime();
        Thread.sleep(leftNs / NS_PER_MS + 1);
      }
    } catch (InterruptedException closed) {
      return;
    }
    MsgCalls.send(queue, empty.address(), 0, MsgCalls.IPC_NOWAIT);
  }

  @Override
  public void send(Descriptor descriptor) {
    // Only the text: encode sets the buffer's order, and the type was stored once.
    descriptor.encode(sent.bytes(), TEXT);
    int result;
    do {
      // Full cannot be: the window's 8 descriptors take 384 bytes, a queue holds thousands.
      result = MsgCalls.send(queue, sent.address(), Descriptor.BYTES, MsgCalls.IPC_NOWAIT);
    } while (result == -Errno.EINTR);
    if (result < 0) {
      throw failure("msgsnd", -result);
    }
  }

  @Override
  public void receive(Descriptor into, long deadlineNs) {
    while (true) {
      long result = MsgCalls.receive(queue, received.address(), Descriptor.BYTES, typeIn, 0);
      if (result == Descriptor.BYTES) {
        into.decode(received.bytes(), TEXT);
        return;
      }
      if (result == 0 && ChannelContext.passed(deadlineNs)) {
        throw context.timeout("msgrcv");
      }
      if (result >= 0 || result == -Errno.E2BIG) {
        throw context.broken("msgrcv", Errno.EBADMSG, "a message that is not 48 bytes long");
      }
      if (result != -Errno.EINTR) {
        throw failure("msgrcv", (int) -result);
      }
    }
  }

  /** The writer removed the queue: EIDRM for who waits there, EINVAL for who comes later. */
  private RuntimeException failure(String call, int errno) {
    boolean removed = errno == Errno.EIDRM || errno == Errno.EINVAL && !context.writer();
    return removed ? context.closed(call) : context.failure(call, errno);
  }

  @Override
  public void unlink() {
    if (created) {
      created = false;
      MsgCalls.remove(queue, context.spec());
    }
  }

  @Override
  public void close() {
    if (alarm != null) {
      alarm.interrupt();
      alarm = null;
    }
    unlink();
    queue = CLOSED;
  }
}
