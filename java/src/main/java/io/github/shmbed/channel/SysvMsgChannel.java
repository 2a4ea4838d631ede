// SPDX-License-Identifier: Apache-2.0
// Channel sysv-msg: one System V message queue, a message type for each direction.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.MsgCalls;
import io.github.shmbed.libc.NativeBuffer;

/**
 * The channel {@code sysv-msg}. msgrcv(2) knows no deadline: a thread of this process looks every
 * 50 ms, and at the deadline, or when the writer has ended, puts an empty message of the awaited
 * type into the queue, which ends the wait. No descriptor is empty, so it cannot be taken for one.
 */
final class SysvMsgChannel implements Channel {
  private static final int TYPE_TO_READER = 1;
  private static final int TYPE_TO_WRITER = 2;
  private static final int TEXT = Long.BYTES; // after the type
  private static final int CLOSED = -1;
  private static final long NS_PER_MS = 1_000_000;
  private static final long NOT_WAITING = Long.MAX_VALUE;

  private final ChannelContext context;
  private final int key;
  private final long typeIn;
  private final NativeBuffer received = new NativeBuffer(TEXT + Descriptor.BYTES);
  private final NativeBuffer sent = new NativeBuffer(TEXT + Descriptor.BYTES);
  private volatile int queue = CLOSED;
  private volatile boolean created;
  private volatile long waitingUntilNs = NOT_WAITING;
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
    alarm = new Thread(this::endWaits, "shmbed-deadline");
    alarm.setDaemon(true);
    alarm.start();
  }

  private void endWaits() {
    NativeBuffer empty = new NativeBuffer(TEXT);
    empty.bytes().putLong(0, typeIn);
    try {
      while (true) {
        Thread.sleep(ChannelContext.SLICE_NS / NS_PER_MS);
        long untilNs = waitingUntilNs;
        boolean ended = FramedHeader.state(context.segment()) == FramedHeader.STATE_CLOSED;
        if (untilNs != NOT_WAITING && (ended || ChannelContext.passed(untilNs))) {
          MsgCalls.send(queue, empty.address(), 0, MsgCalls.IPC_NOWAIT);
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
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
    waitingUntilNs = deadlineNs;
    long result = receiveText(deadlineNs);
    waitingUntilNs = NOT_WAITING;
    decode(into, result);
  }

  @Override
  public boolean receiveNow(Descriptor into) {
    long result =
        MsgCalls.receive(queue, received.address(), Descriptor.BYTES, typeIn, MsgCalls.IPC_NOWAIT);
    if (result == 0 || result == -Errno.ENOMSG || result == -Errno.EINTR) {
      return false;
    }
    if (result < 0 && result != -Errno.E2BIG) {
      throw failure("msgrcv", (int) -result);
    }
    decode(into, result);
    return true;
  }

  private void decode(Descriptor into, long length) {
    if (length != Descriptor.BYTES) {
      throw context.broken("msgrcv", Errno.EBADMSG, "a message that is not 48 bytes long");
    }
    into.decode(received.bytes(), TEXT);
  }

  private long receiveText(long deadlineNs) {
    while (true) {
      long result = MsgCalls.receive(queue, received.address(), Descriptor.BYTES, typeIn, 0);
      if (result > 0 || result == -Errno.E2BIG) {
        return result;
      }
      if (result == 0) { // from the alarm, perhaps of a wait before
        context.checkWaiting("msgrcv", deadlineNs);
      } else if (result != -Errno.EINTR) {
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

  /** Waits for its end: the alarm looks at the segment, which is detached after this. */
  private void stopAlarm() {
    while (alarm != null) {
      alarm.interrupt();
      try {
        alarm.join();
        alarm = null;
      } catch (InterruptedException again) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void close() {
    stopAlarm();
    unlink();
    queue = CLOSED;
  }
}
