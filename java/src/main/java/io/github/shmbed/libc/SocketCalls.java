// SPDX-License-Identifier: Apache-2.0
// AF_UNIX sockets (unix(7)), and descriptors passed over them.
package io.github.shmbed.libc;

import com.sun.jna.Native;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Calls on AF_UNIX sockets. {@link #send} and {@link #recv} may run once per message: they take
 * addresses, allocate nothing and return a count or {@code -errno}. The others throw.
 */
public final class SocketCalls {
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_SEQPACKET = 5;
  public static final int MSG_PEEK = 0x02;
  public static final int MSG_TRUNC = 0x20;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_NOSIGNAL = 0x4000;

  /** {@link #receiveDescriptors}: the end of the stream; no errno. */
  public static final int END = Integer.MIN_VALUE;

  /** Longest path of a socket: sun_path less its NUL. */
  public static final int PATH_BYTES_MAX = 107;

  private static final int AF_UNIX = 1;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int SOCKADDR_BYTES = 110;

  // struct msghdr, iovec and cmsghdr of 64-bit Linux, laid out one after the other in one buffer.
  private static final int MSGHDR_IOV = 16;
  private static final int MSGHDR_IOVLEN = 24;
  private static final int MSGHDR_CONTROL = 32;
  private static final int MSGHDR_CONTROLLEN = 40;
  private static final int IOVEC = 56;
  private static final int BYTE = 72;
  private static final int CMSG = 80;
  private static final int CMSG_LEVEL = CMSG + 8;
  private static final int CMSG_TYPE = CMSG + 12;
  private static final int CMSG_DATA = CMSG + 16;
  private static final int CMSG_HEADER_BYTES = 16;
  private static final int CMSG_SPACE = 64;

  private SocketCalls() {}

  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, byte[] address, int length);

    static native int listen(int fd, int backlog);

    static native int accept4(int fd, long address, long length, int flags);

    static native int connect(int fd, byte[] address, int length);

    static native int setsockopt(int fd, int level, int name, byte[] value, int length);

    static native long send(int fd, long buffer, long length, int flags);

    static native long recv(int fd, long buffer, long length, int flags);

    static native long sendmsg(int fd, long message, int flags);

    static native long recvmsg(int fd, long message, int flags);

    static final Call.Of4 SEND =
        Binding.measured(
            Natives.class,
            "send",
            Call.Of4.class,
            (fd, buffer, length, flags) ->
                Binding.orErrno(send((int) fd, buffer, length, (int) flags)));

    static final Call.Of4 RECV =
        Binding.measured(
            Natives.class,
            "recv",
            Call.Of4.class,
            (fd, buffer, length, flags) ->
                Binding.orErrno(recv((int) fd, buffer, length, (int) flags)));

    static final Call.Of3 SENDMSG =
        Binding.measured(
            Natives.class,
            "sendmsg",
            Call.Of3.class,
            (fd, message, flags) -> Binding.orErrno(sendmsg((int) fd, message, (int) flags)));

    static final Call.Of3 RECVMSG =
        Binding.measured(
            Natives.class,
            "recvmsg",
            Call.Of3.class,
            (fd, message, flags) -> Binding.orErrno(recvmsg((int) fd, message, (int) flags)));
  }

  /** socket(2), AF_UNIX, close-on-exec. */
  public static int socket(int type, String object) {
    return check("socket", object, Natives.socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  }

  /** bind(2). Nobody can connect before {@link #listen}. */
  public static void bind(int fd, String path, String object) {
    check("bind", object, Natives.bind(fd, address(path), SOCKADDR_BYTES));
  }

  /** listen(2) for one peer. */
  public static void listen(int fd, String object) {
    listen(fd, 1, object);
  }

  /** listen(2). */
  public static void listen(int fd, int backlog, String object) {
    check("listen", object, Natives.listen(fd, backlog));
  }

  /** accept4(2), close-on-exec. */
  public static int accept(int fd, String object) {
    return check("accept", object, Natives.accept4(fd, 0, 0, SOCK_CLOEXEC));
  }

  /** connect(2). */
  public static void connect(int fd, String path, String object) {
    check("connect", object, Natives.connect(fd, address(path), SOCKADDR_BYTES));
  }

  /** Makes {@link #recv} end with EAGAIN after that time (socket(7), SO_RCVTIMEO). */
  public static void receiveTimeout(int fd, long ns, String object) {
    timeout(fd, SO_RCVTIMEO, ns, object);
  }

  /**
   * Makes {@link #send} and {@link #sendmsg} end after that time, in part or with EAGAIN
   * (socket(7), SO_SNDTIMEO).
   */
  public static void sendTimeout(int fd, long ns, String object) {
    timeout(fd, SO_SNDTIMEO, ns, object);
  }

  private static void timeout(int fd, int name, long ns, String object) {
    ByteBuffer timeval = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
    timeval.putLong(ns / 1_000_000_000L).putLong(ns % 1_000_000_000L / 1000);
    int result = Natives.setsockopt(fd, SOL_SOCKET, name, timeval.array(), timeval.capacity());
    check("setsockopt", object, result);
  }

  /** send(2). */
  public static long send(int fd, long buffer, long length, int flags) {
    return Natives.SEND.call(fd, buffer, length, flags);
  }

  /**
   * sendmsg(2) of two pieces without anything else.
   *
   * @param message from {@link #twoPieces}
   */
  public static long sendmsg(int fd, NativeBuffer message) {
    long n = Natives.SENDMSG.call(fd, message.address(), MSG_NOSIGNAL);
    Reference.reachabilityFence(message);
    return n;
  }

  /** A struct msghdr for {@link #sendmsg}, and room for its two struct iovec. */
  public static NativeBuffer twoPieces() {
    NativeBuffer message = new NativeBuffer(IOVEC + 4 * Long.BYTES);
    message.bytes().putLong(MSGHDR_IOV, message.address() + IOVEC);
    message.bytes().putLong(MSGHDR_IOVLEN, 2);
    return message;
  }

  /** Says where the first (0) or second (1) piece lies and how long it is; 0 bytes are allowed. */
  public static void putPiece(NativeBuffer message, int piece, long address, long length) {
    int at = IOVEC + piece * 2 * Long.BYTES;
    message.bytes().putLong(at, address);
    message.bytes().putLong(at + Long.BYTES, length);
  }

  /** recv(2). */
  public static long recv(int fd, long buffer, long length, int flags) {
    return Natives.RECV.call(fd, buffer, length, flags);
  }

  /** Sends one byte and two descriptors with it (SCM_RIGHTS). Returns 1 or {@code -errno}. */
  public static long sendDescriptors(int fd, int first, int second) {
    NativeBuffer message = message();
    ByteBuffer bytes = message.bytes();
    bytes.putLong(MSGHDR_CONTROLLEN, 24); // CMSG_SPACE(8)
    bytes.putLong(CMSG, CMSG_HEADER_BYTES + 2 * Integer.BYTES);
    bytes.putInt(CMSG_LEVEL, SOL_SOCKET);
    bytes.putInt(CMSG_TYPE, SCM_RIGHTS);
    bytes.putInt(CMSG_DATA, first);
    bytes.putInt(CMSG_DATA + Integer.BYTES, second);
    long n = Natives.SENDMSG.call(fd, message.address(), MSG_NOSIGNAL);
    Reference.reachabilityFence(message);
    return n;
  }

  /**
   * Receives one byte and the descriptors that came with it, close-on-exec.
   *
   * @param descriptors gets the first ones; the rest is closed
   * @return how many came, {@link #END} at the end of the stream, or {@code -errno}
   */
  public static int receiveDescriptors(int fd, int[] descriptors) {
    NativeBuffer message = message();
    ByteBuffer bytes = message.bytes();
    bytes.putLong(MSGHDR_CONTROLLEN, CMSG_SPACE);
    long n = Natives.RECVMSG.call(fd, message.address(), MSG_CMSG_CLOEXEC);
    if (n < 0) {
      return (int) n;
    }
    if (n == 0) {
      return END;
    }
    return takeDescriptors(bytes, descriptors);
  }

  /**
   * Sends a message and one descriptor with it (SCM_RIGHTS).
   *
   * @return a count, or {@code -errno}
   */
  public static long sendDescriptor(int fd, NativeBuffer contents, int descriptor) {
    NativeBuffer message = message(contents);
    ByteBuffer bytes = message.bytes();
    bytes.putLong(MSGHDR_CONTROLLEN, 24); // CMSG_SPACE(4)
    bytes.putLong(CMSG, CMSG_HEADER_BYTES + Integer.BYTES);
    bytes.putInt(CMSG_LEVEL, SOL_SOCKET);
    bytes.putInt(CMSG_TYPE, SCM_RIGHTS);
    bytes.putInt(CMSG_DATA, descriptor);
    long answer = Natives.SENDMSG.call(fd, message.address(), MSG_NOSIGNAL);
    Reference.reachabilityFence(message);
    return answer;
  }

  /**
   * Receives a message and the descriptors that came with it, close-on-exec; does not wait.
   *
   * @param descriptors gets the first ones, and -1 for each that did not come; the rest is closed
   * @return a count (with MSG_TRUNC semantics of a record socket), 0 at the end, or {@code -errno}
   */
  public static long receiveWithDescriptors(int fd, NativeBuffer contents, int[] descriptors) {
    NativeBuffer message = message(contents);
    message.bytes().putLong(MSGHDR_CONTROLLEN, CMSG_SPACE);
    java.util.Arrays.fill(descriptors, -1);
    int flags = MSG_CMSG_CLOEXEC | MSG_DONTWAIT | MSG_TRUNC;
    long n = Natives.RECVMSG.call(fd, message.address(), flags);
    if (n < 0) {
      return n;
    }
    takeDescriptors(message.bytes(), descriptors);
    return n;
  }

  private static NativeBuffer message(NativeBuffer contents) {
    NativeBuffer message = message();
    message.bytes().putLong(IOVEC, contents.address());
    message.bytes().putLong(IOVEC + Long.BYTES, contents.bytes().capacity());
    return message;
  }

  /** How many came. */
  private static int takeDescriptors(ByteBuffer bytes, int[] descriptors) {
    boolean rights =
        bytes.getLong(MSGHDR_CONTROLLEN) >= CMSG_HEADER_BYTES
            && bytes.getInt(CMSG_LEVEL) == SOL_SOCKET
            && bytes.getInt(CMSG_TYPE) == SCM_RIGHTS;
    int count = rights ? (int) (bytes.getLong(CMSG) - CMSG_HEADER_BYTES) / Integer.BYTES : 0;
    for (int i = 0; i < count; i++) {
      int passed = bytes.getInt(CMSG_DATA + i * Integer.BYTES);
      if (i < descriptors.length) {
        descriptors[i] = passed;
      } else {
        PosixCalls.close(passed);
      }
    }
    return count;
  }

  private static NativeBuffer message() {
    NativeBuffer message = new NativeBuffer(CMSG + CMSG_SPACE);
    ByteBuffer bytes = message.bytes();
    bytes.putLong(MSGHDR_IOV, message.address() + IOVEC);
    bytes.putLong(MSGHDR_IOVLEN, 1);
    bytes.putLong(MSGHDR_CONTROL, message.address() + CMSG);
    bytes.putLong(IOVEC, message.address() + BYTE);
    bytes.putLong(IOVEC + Long.BYTES, 1);
    bytes.put(BYTE, (byte) 'e');
    return message;
  }

  private static byte[] address(String path) {
    byte[] pathBytes = path.getBytes(StandardCharsets.UTF_8);
    if (pathBytes.length > PATH_BYTES_MAX) {
      throw new IllegalArgumentException(
          "socket path longer than " + PATH_BYTES_MAX + " bytes: " + path);
    }
    ByteBuffer address = ByteBuffer.allocate(SOCKADDR_BYTES).order(ByteOrder.nativeOrder());
    address.putShort((short) AF_UNIX).put(pathBytes);
    return address.array();
  }

  private static int check(String call, String object, int result) {
    if (result < 0) {
      throw new NativeCallException(call, object, Native.getLastError());
    }
    return result;
  }
}
