// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.skmsg;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SocketCalls;
import java.nio.file.Path;

/** The way by the manager: a connection, on which each request has one reply. */
final class ManagerWay implements SkmsgWay {
  private static final int CLOSED = -1;

  /** A manager answers at once; one that is stopped must not stop its peers for ever. */
  private static final long PATIENCE_NS = 5_000_000_000L;

  private final String object;
  private final NativeBuffer request = new NativeBuffer(SkmsgRequest.BYTES);
  private final NativeBuffer reply = new NativeBuffer(SkmsgReply.BYTES);
  private int connection;
  private long key;

  ManagerWay(Path folder) {
    object = folder.resolve(SkmsgManager.SOCKET).toString();
    connection = SocketCalls.socket(SocketCalls.SOCK_SEQPACKET, object);
    try {
      SocketCalls.receiveTimeout(connection, PATIENCE_NS, object);
      SocketCalls.connect(connection, object, object);
    } catch (NativeCallException failed) {
      PosixCalls.close(connection);
      throw failed;
    }
  }

  @Override
  public void join(int socket, long senderKey) {
    key = senderKey;
    SkmsgRequest.put(request.bytes(), SkmsgRequest.JOIN, senderKey);
    answer("join", SocketCalls.sendDescriptor(connection, request, socket));
  }

  @Override
  public void put(long target) {
    ask("put", SkmsgRequest.PUT, target);
  }

  @Override
  public void take(long target) {
    ask("take", SkmsgRequest.TAKE, target);
  }

  @Override
  public void seek() {
    ask("seek", SkmsgRequest.SEEK, key);
  }

  @Override
  public SkmsgCounts count() {
    return ask("count", SkmsgRequest.COUNT, key).counts();
  }

  @Override
  public boolean isAlive() {
    int flags = SocketCalls.MSG_PEEK | SocketCalls.MSG_DONTWAIT;
    long n = SocketCalls.recv(connection, reply.address(), 1, flags);
    return n == -Errno.EAGAIN || n == -Errno.EINTR;
  }

  SkmsgReply status() {
    return ask("status", SkmsgRequest.STATUS, 0);
  }

  /** Ends the manager and waits until it has cleaned up: it closes this connection last. */
  void down() {
    ask("down", SkmsgRequest.DOWN, 0);
    long n = SocketCalls.recv(connection, reply.address(), SkmsgReply.BYTES, 0);
    if (n != 0 && n != -Errno.ECONNRESET) {
      throw new NativeCallException("skmsg down", object, Errno.ETIMEDOUT);
    }
  }

  private SkmsgReply ask(String step, int operation, long target) {
    SkmsgRequest.put(request.bytes(), operation, target);
    return answer(
        step,
        SocketCalls.send(
            connection, request.address(), SkmsgRequest.BYTES, SocketCalls.MSG_NOSIGNAL));
  }

  private SkmsgReply answer(String step, long sent) {
    long n = sent;
    while (n > 0) {
      n = SocketCalls.recv(connection, reply.address(), SkmsgReply.BYTES, 0);
      if (n != -Errno.EINTR) {
        break;
      }
      n = 1;
    }
    if (n == 0 || n == -Errno.EPIPE || n == -Errno.ECONNRESET) {
      throw new NativeCallException(
          "skmsg " + step, object, Errno.EPIPE, "the manager has gone: ./shmbed skmsg up");
    }
    if (n < 0) {
      int errno = n == -Errno.EAGAIN ? Errno.ETIMEDOUT : (int) -n;
      throw new NativeCallException("skmsg " + step, object, errno);
    }
    SkmsgReply answer = SkmsgReply.of(reply.bytes());
    if (n != SkmsgReply.BYTES || answer == null) {
      throw new NativeCallException("skmsg " + step, object, Errno.EBADMSG, "no manager there");
    }
    if (answer.errno() != 0) {
      throw new NativeCallException("skmsg " + step, object, answer.errno());
    }
    return answer;
  }

  @Override
  public void close() {
    if (connection != CLOSED) {
      PosixCalls.close(connection);
      connection = CLOSED;
    }
  }
}
