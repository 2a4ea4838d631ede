// SPDX-License-Identifier: Apache-2.0
// Channels unix and unix-seqpacket: 48 bytes a message over an AF_UNIX socket.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileCalls;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.SocketCalls;

/**
 * The channels {@code unix} (a stream, read until a message is whole) and {@code unix-seqpacket}
 * (records; one of another length is EBADMSG). A receive is one system call: the socket's own
 * timeout ends it, in slices.
 */
class UnixChannel implements Channel {
  private static final int SEND_FLAGS = SocketCalls.MSG_NOSIGNAL | SocketCalls.MSG_DONTWAIT;

  final ChannelContext context;
  private final boolean records;
  final SocketEnd socket;
  private final NativeBuffer received = new NativeBuffer(Descriptor.BYTES);
  final NativeBuffer sent = new NativeBuffer(Descriptor.BYTES);
  private Poller writable;

  /** A channel over SOCK_STREAM or SOCK_SEQPACKET. */
  UnixChannel(ChannelContext context, int type) {
    this.context = context;
    this.records = type == SocketCalls.SOCK_SEQPACKET;
    this.socket = new SocketEnd(context, type);
  }

  @Override
  public final void create() {
    socket.create();
  }

  @Override
  public void open() {
    socket.open();
    SocketCalls.receiveTimeout(socket.descriptor(), sliceAtOpening(), context.spec());
    writable = new Poller(context, FileCalls.POLLOUT, socket.descriptor());
  }

  /** The socket's own timeouts; 0 would mean for ever. */
  final long sliceAtOpening() {
    return Math.max(1000, ChannelContext.sliceNs(context.deadlineNs()));
  }

  @Override
  public final void send(Descriptor descriptor) {
    descriptor.encode(sent.bytes(), 0);
    long done = 0;
    while (done < Descriptor.BYTES) {
      long n =
          SocketCalls.send(
              socket.descriptor(), sent.address() + done, Descriptor.BYTES - done, SEND_FLAGS);
      if (n >= 0) {
        done += n;
      } else if (n == -Errno.EAGAIN) {
        writable.await(context.deadlineNs());
      } else if (n == -Errno.EPIPE || n == -Errno.ECONNRESET) {
        throw context.closed("send");
      } else if (n != -Errno.EINTR) {
        throw context.failure("send", (int) -n);
      }
    }
  }

  @Override
  public final void receive(Descriptor into, long deadlineNs) {
    int flags = records ? SocketCalls.MSG_TRUNC : 0;
    long done = receiveSome(received.address(), Descriptor.BYTES, flags, deadlineNs);
    receiveRest(into, done, deadlineNs);
  }

  @Override
  public final boolean receiveNow(Descriptor into) {
    int flags = SocketCalls.MSG_DONTWAIT | (records ? SocketCalls.MSG_TRUNC : 0);
    long n = SocketCalls.recv(socket.descriptor(), received.address(), Descriptor.BYTES, flags);
    if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
      return false;
    }
    receiveRest(into, checkReceived(n), context.deadlineNs());
    return true;
  }

  private void receiveRest(Descriptor into, long first, long deadlineNs) {
    if (records && first != Descriptor.BYTES) { // with MSG_TRUNC the record's real length
      throw context.broken("recv", Errno.EBADMSG, "a packet that is not 48 bytes long");
    }
    long done = first;
    while (done < Descriptor.BYTES) {
      done += receiveSome(received.address() + done, Descriptor.BYTES - done, 0, deadlineNs);
    }
    into.decode(received.bytes(), 0);
  }

  /** At least one byte. */
  final long receiveSome(long address, long length, int flags, long deadlineNs) {
    while (true) {
      long n = SocketCalls.recv(socket.descriptor(), address, length, flags);
      if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
        return checkReceived(n);
      }
      if (ChannelContext.passed(deadlineNs)) {
        throw context.timeout("recv");
      }
    }
  }

  private long checkReceived(long n) {
    if (n == 0 || n == -Errno.ECONNRESET) {
      throw context.closed("recv");
    }
    if (n < 0) {
      throw context.failure("recv", (int) -n);
    }
    return n;
  }

  @Override
  public final void unlink() {
    socket.unlink();
  }

  @Override
  public final void close() {
    socket.close();
  }
}
