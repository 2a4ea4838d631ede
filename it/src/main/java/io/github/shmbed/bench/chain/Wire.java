// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.layout.Descriptor;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.LockSupport;

/**
 * A stream socket, AF_UNIX or TCP, on which the payload goes whole, its descriptor before it. Its
 * blocking calls have no deadline of their own: the harness ends a process that does not answer.
 */
final class Wire implements Link {
  static final String UNIX = "unix-whole";
  static final String TCP = "tcp-whole";

  private static final long PAUSE_NS = 200_000;

  private final boolean tcp;
  private final Path path; // of the socket; of TCP the file with the port's number
  private final boolean sends;
  private final long deadlineNs;
  private final ByteBuffer head = ByteBuffer.allocateDirect(Descriptor.BYTES);
  private ServerSocketChannel listener;
  private SocketChannel connection;

  Wire(String spec, boolean sends, long deadlineNs) {
    this.tcp = spec.startsWith(TCP);
    this.path = Path.of(spec.substring(spec.indexOf(':') + 1));
    this.sends = sends;
    this.deadlineNs = deadlineNs;
  }

  static boolean isOne(String spec) {
    return spec.startsWith(UNIX + ":") || spec.startsWith(TCP + ":");
  }

  private StandardProtocolFamily family() {
    return tcp ? StandardProtocolFamily.INET : StandardProtocolFamily.UNIX;
  }

  @Override
  public void create() throws IOException {
    listener = ServerSocketChannel.open(family());
    listener.bind(
        tcp
            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
            : UnixDomainSocketAddress.of(path));
    if (tcp) { // under another name first: who sees the file sees all of it
      Path part = Path.of(path + ".part");
      int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
      Files.writeString(part, Integer.toString(port));
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public void open() throws IOException {
    if (sends) {
      connection = listener.accept();
    } else {
      while (!connect()) {
        if (System.nanoTime() - deadlineNs >= 0) {
          throw new IOException("connect " + path + ": ETIMEDOUT");
        }
        LockSupport.parkNanos(PAUSE_NS);
      }
    }
    if (tcp) {
      connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
  }

  private boolean connect() throws IOException {
    if (!Files.exists(path)) {
      return false;
    }
    connection = SocketChannel.open(family());
    try {
      connection.connect(address());
      return true;
    } catch (ConnectException notYet) { // bound, but nobody listens
      connection.close();
      return false;
    }
  }

  private SocketAddress address() throws IOException {
    return tcp
        ? new InetSocketAddress(
            InetAddress.getLoopbackAddress(), Integer.parseInt(Files.readString(path)))
        : UnixDomainSocketAddress.of(path);
  }

  @Override
  public void send(Descriptor descriptor, ByteBuffer payload) throws IOException {
    head.clear();
    descriptor.encode(head, 0);
    write(head);
    write(payload.clear());
  }

  private void write(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      connection.write(from);
    }
  }

  @Override
  public void receive(Descriptor into, ByteBuffer payload) throws IOException {
    read(head.clear());
    into.decode(head, 0);
    read(payload.clear());
  }

  private void read(ByteBuffer into) throws IOException {
    while (into.hasRemaining()) {
      if (connection.read(into) < 0) {
        throw new EOFException("read " + path + ": the process before has gone");
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (connection != null) {
      connection.close();
    }
    if (listener != null) {
      listener.close();
      listener = null;
      Files.deleteIfExists(path);
    }
  }
}
