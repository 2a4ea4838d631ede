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
final class UnixChannel implements Channel {
  private static final int SEND_FLAGS = SocketCalls.MSG_NOSIGNAL | SocketCalls.MSG_DONTWAIT;

  private final ChannelContext context;
  private final boolean records;
  private final SocketEnd socket;
  private final NativeBuffer received = new NativeBuffer(Descriptor.BYTES);
  private final NativeBuffer sent = new NativeBuffer(Descriptor.BYTES);
  private Poller writable;

  /** A channel over SOCK_STREAM or SOCK_SEQPACKET. */
  UnixChannel(ChannelContext context, int type) {
    this.context = context;
    this.records = type == SocketCalls.SOCK_SEQPACKET;
    this.socket = new SocketEnd(context, type);
  }

  @Override
  public void create() {
    socket.create();
  }

  @Override
  public void open() {
    socket.open();
    long slice =
        Math.max(1000, ChannelContext.sliceNs(context.deadlineNs())); // 0 would mean for ever
    SocketCalls.receiveTimeout(socket.descriptor(), slice, context.spec());
    writable = new Poller(context, FileCalls.POLLOUT, socket.descriptor());
  }

  @Override
  public void send(Descriptor descriptor) {
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
  public void receive(Descriptor into, long deadlineNs) {
    long done = 0;
    while (done < Descriptor.BYTES) {
      long n =
          SocketCalls.recv(
              socket.descriptor(),
              received.address() + done,
              Descriptor.BYTES - done,
              records ? SocketCalls.MSG_TRUNC : 0);
      if (n == 0 || n == -Errno.ECONNRESET) {
        throw context.closed("recv");
      }
      if (n > 0) {
        done += n; // with MSG_TRUNC the record's real length
        if (records && done != Descriptor.BYTES) {
          throw context.broken("recv", Errno.EBADMSG, "a packet that is not 48 bytes long");
        }
      } else if (n == -Errno.EAGAIN) {
        if (ChannelContext.passed(deadlineNs)) {
          throw context.timeout("recv");
        }
      } else if (n != -Errno.EINTR) {
        throw context.failure("recv", (int) -n);
      }
    }
    into.decode(received.bytes(), 0);
  }

  @Override
  public void unlink() {
    socket.unlink();
  }

  @Override
  public void close() {
    socket.close();
  }
}
