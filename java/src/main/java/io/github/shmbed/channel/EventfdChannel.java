// SPDX-License-Identifier: Apache-2.0
// Channel eventfd: the writer makes two eventfds (eventfd(2)) and passes them over an AF_UNIX
// stream; they count the descriptors in the lanes. The stream stays open: its end tells that the
// other side has gone.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileCalls;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SocketCalls;

/** The channel {@code eventfd}. */
final class EventfdChannel extends LaneChannel {
  private static final int CLOSED = -1;
  private static final int EVENT = 0; // index in the poller; the stream is the other one

  private final SocketEnd socket;
  private final NativeBuffer one = new NativeBuffer(Long.BYTES);
  private final NativeBuffer counter = new NativeBuffer(Long.BYTES);
  private int inEvent = CLOSED;
  private int outEvent = CLOSED;
  private Poller readable;
  private long announced; // and not yet consumed

  EventfdChannel(ChannelContext context) {
    super(context);
    socket = new SocketEnd(context, SocketCalls.SOCK_STREAM);
    one.bytes().putLong(0, 1);
  }

  @Override
  public void create() {
    outEvent = FileCalls.eventfd(context.spec());
    inEvent = FileCalls.eventfd(context.spec());
    socket.create();
  }

  @Override
  public void open() {
    socket.open();
    if (context.writer()) {
      pass();
    } else {
      take();
    }
    readable = new Poller(context, FileCalls.POLLIN, inEvent, socket.descriptor());
  }

  private void pass() {
    long n = SocketCalls.sendDescriptors(socket.descriptor(), outEvent, inEvent);
    if (n == -Errno.EPIPE || n == -Errno.ECONNRESET) {
      throw context.closed("sendmsg");
    }
    if (n < 0) {
      throw context.failure("sendmsg", (int) -n);
    }
  }

  private void take() {
    new Poller(context, FileCalls.POLLIN, socket.descriptor()).await(context.deadlineNs());
    int[] events = {CLOSED, CLOSED};
    int count = SocketCalls.receiveDescriptors(socket.descriptor(), events);
    inEvent = events[0];
    outEvent = events[1];
    if (count == SocketCalls.END || count == -Errno.ECONNRESET) {
      throw context.closed("recvmsg");
    }
    if (count < 0) {
      throw context.failure("recvmsg", -count);
    }
    if (count != events.length) {
      throw context.broken("recvmsg", Errno.EBADMSG, count + " descriptors came, not two eventfds");
    }
  }

  @Override
  public void send(Descriptor descriptor) {
    publish(descriptor);
    long n;
    do {
      n = FileCalls.write(outEvent, one.address(), Long.BYTES);
    } while (n == -Errno.EINTR);
    if (n < 0) {
      throw context.failure("write", (int) -n);
    }
  }

  @Override
  public void receive(Descriptor into, long deadlineNs) {
    while (announced == 0) {
      readable.await(deadlineNs);
      boolean gone = !readable.ready(EVENT); // nothing is ever sent on the stream: it has ended
      readCounter(); // then too: poll looks at one after the other, and the event may have come
      // last
      if (gone && announced == 0) {
        throw context.closed("poll");
      }
    }
    announced--;
    takeAnnounced(into);
  }

  @Override
  public boolean receiveNow(Descriptor into) {
    if (announced == 0) {
      readCounter();
    }
    if (announced == 0) {
      return false;
    }
    announced--;
    takeAnnounced(into);
    return true;
  }

  private void readCounter() {
    long n = FileCalls.read(inEvent, counter.address(), Long.BYTES);
    if (n == Long.BYTES) {
      announced = counter.bytes().getLong(0);
    } else if (n != -Errno.EINTR && n != -Errno.EAGAIN) {
      throw context.failure("read", (int) -n);
    }
  }

  @Override
  public void unlink() {
    socket.unlink();
  }

  @Override
  public void close() {
    if (inEvent != CLOSED) {
      PosixCalls.close(inEvent);
    }
    if (outEvent != CLOSED) {
      PosixCalls.close(outEvent);
    }
    inEvent = CLOSED;
    outEvent = CLOSED;
    socket.close();
  }
}
