// SPDX-License-Identifier: Apache-2.0
// Channel fifo: two FIFOs (fifo(7)). Each side opens the one it sends on O_RDWR, so that opening
// needs no rendezvous.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileCalls;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.PosixCalls;

/** The channel {@code fifo}. */
final class FifoChannel implements Channel {
  private static final int CLOSED = -1;

  private final ChannelContext context;
  private final NativeBuffer received = new NativeBuffer(Descriptor.BYTES);
  private final NativeBuffer sent = new NativeBuffer(Descriptor.BYTES);
  private int in = CLOSED;
  private int out = CLOSED;
  private Poller readable;
  private volatile int created;

  FifoChannel(ChannelContext context) {
    this.context = context;
  }

  @Override
  public void create() {
    FileCalls.mkfifo(context.direction(true));
    created = 1;
    FileCalls.mkfifo(context.direction(false));
    created = 2;
    // Here already: a reader that reads before the writer has opened would see the end of the file.
    openBoth();
  }

  @Override
  public void open() {
    if (!context.writer()) {
      openBoth();
    }
  }

  private void openBoth() {
    in = FileCalls.openFifo(context.direction(!context.writer()), FileCalls.O_RDONLY);
    out = FileCalls.openFifo(context.direction(context.writer()), FileCalls.O_RDWR);
    readable = new Poller(context, FileCalls.POLLIN, in);
  }

  @Override
  public void send(Descriptor descriptor) {
    descriptor.encode(sent.bytes(), 0);
    long n;
    do {
      n =
          FileCalls.write(
              out, sent.address(), Descriptor.BYTES); // below PIPE_BUF: all or nothing (pipe(7))
    } while (n == -Errno.EINTR);
    if (n < 0) {
      throw context.failure("write", (int) -n);
    }
  }

  @Override
  public void receive(Descriptor into, long deadlineNs) {
    readable.await(deadlineNs);
    receiveRest(into, 0, deadlineNs);
  }

  @Override
  public boolean receiveNow(Descriptor into) {
    long n = FileCalls.read(in, received.address(), Descriptor.BYTES);
    if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
      return false;
    }
    receiveRest(into, checkRead(n), context.deadlineNs());
    return true;
  }

  private void receiveRest(Descriptor into, long first, long deadlineNs) {
    long done = first;
    while (done < Descriptor.BYTES) {
      long n = FileCalls.read(in, received.address() + done, Descriptor.BYTES - done);
      if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
        readable.await(deadlineNs);
      } else {
        done += checkRead(n);
      }
    }
    into.decode(received.bytes(), 0);
  }

  private long checkRead(long n) {
    if (n == 0) {
      throw context.closed("read");
    }
    if (n < 0) {
      throw context.failure("read", (int) -n);
    }
    return n;
  }

  @Override
  public void unlink() {
    if (created >= 1) {
      FileCalls.unlink(context.direction(true));
    }
    if (created >= 2) {
      FileCalls.unlink(context.direction(false));
    }
    created = 0;
  }

  @Override
  public void close() {
    if (in != CLOSED) {
      PosixCalls.close(in);
    }
    if (out != CLOSED) {
      PosixCalls.close(out);
    }
    in = CLOSED;
    out = CLOSED;
    unlink();
  }
}
