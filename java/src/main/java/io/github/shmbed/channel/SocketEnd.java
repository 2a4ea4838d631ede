// SPDX-License-Identifier: Apache-2.0
// An AF_UNIX socket at a path: what the channels unix, unix-seqpacket and eventfd have in common.
package io.github.shmbed.channel;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileCalls;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SocketCalls;
import java.nio.charset.StandardCharsets;

/** One side of a connection (unix(7)): the writer binds and accepts, the reader connects. */
final class SocketEnd {
  private static final int CLOSED = -1;

  private final ChannelContext context;
  private final int type;
  private int listener = CLOSED;
  private int connection = CLOSED;
  private volatile boolean created;

  SocketEnd(ChannelContext context, int type) {
    this.context = context;
    this.type = type;
  }

  /** What is wrong with an address, null if nothing is. */
  static String checkPath(String path) {
    if (path.isEmpty()) {
      return "the path of a socket is missing";
    }
    return path.getBytes(StandardCharsets.UTF_8).length > SocketCalls.PATH_BYTES_MAX
        ? "the path of a socket has at most " + SocketCalls.PATH_BYTES_MAX + " bytes (unix(7))"
        : null;
  }

  void create() {
    listener = SocketCalls.socket(type, context.spec());
    SocketCalls.bind(listener, context.address(), context.spec());
    created = true;
    FileCalls.chmod(context.address(), 0600); // nobody can connect before listen
    SocketCalls.listen(listener, context.spec());
  }

  void open() {
    if (context.writer()) {
      new Poller(context, FileCalls.POLLIN, listener).await(context.deadlineNs());
      connection = SocketCalls.accept(listener, context.spec());
    } else {
      connection = SocketCalls.socket(type, context.spec());
      connect();
    }
  }

  /** Waits while the writer's queue of connections is full. */
  private void connect() {
    long leftNs = Math.max(1000, context.deadlineNs() - System.nanoTime()); // 0 would be for ever
    SocketCalls.sendTimeout(connection, leftNs, context.spec());
    try {
      SocketCalls.connect(connection, context.address(), context.spec());
    } catch (NativeCallException failed) {
      throw failed.errno() == Errno.EAGAIN ? context.timeout("connect") : failed;
    }
  }

  int descriptor() {
    return connection;
  }

  void unlink() {
    if (created) {
      created = false;
      FileCalls.unlink(context.address());
    }
  }

  void close() {
    if (connection != CLOSED) {
      PosixCalls.close(connection);
    }
    if (listener != CLOSED) {
      PosixCalls.close(listener);
    }
    connection = CLOSED;
    listener = CLOSED;
    unlink();
  }
}
