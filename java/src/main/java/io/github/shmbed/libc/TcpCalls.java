// SPDX-License-Identifier: Apache-2.0
// TCP sockets that are connected with themselves: the senders of the channel skmsg.
package io.github.shmbed.libc;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * TCP sockets of 127.0.0.0/8 without a listener: bound, and connected to their own address
 * (tcp(7)). A key is a socket's own end as 8 bytes of memory: the address in network order, the
 * port in host order.
 */
public final class TcpCalls {
  private static final int AF_INET = 2;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int SOCKADDR_BYTES = 16;
  private static final int LOOPBACK = 127;

  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_PROTOCOL = 38;
  private static final int SO_DOMAIN = 39;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;
  private static final int TCP_INFO_BYTES = 232;
  private static final int TCP_ESTABLISHED = 1;
  private static final int DATA_SEGMENTS_OUT = 156; // in struct tcp_info

  private static final SecureRandom RANDOM = new SecureRandom();

  private TcpCalls() {}

  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, byte[] address, int length);

    static native int connect(int fd, byte[] address, int length);

    static native int getsockname(int fd, byte[] address, int[] length);

    static native int getpeername(int fd, byte[] address, int[] length);

    static native int getsockopt(int fd, int level, int name, byte[] value, int[] length);
  }

  /**
   * A new one, close-on-exec. Ports are unique in one network namespace only, and peers come from
   * several, so the address is random.
   *
   * @throws NativeCallException EADDRNOTAVAIL or ENETUNREACH where the loopback device is not up
   */
  public static int selfConnected(String object) {
    int fd = Natives.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check("socket", object, fd);
    try {
      byte[] address = new byte[SOCKADDR_BYTES];
      ByteBuffer fields = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
      fields.putShort(0, (short) AF_INET).put(4, (byte) LOOPBACK);
      fields.put(5, (byte) RANDOM.nextInt(256)).put(6, (byte) RANDOM.nextInt(256));
      fields.put(7, (byte) (1 + RANDOM.nextInt(254)));
      check("bind", object, Natives.bind(fd, address, SOCKADDR_BYTES));
      int[] length = {SOCKADDR_BYTES};
      check("getsockname", object, Natives.getsockname(fd, address, length));
      check("connect", object, Natives.connect(fd, address, SOCKADDR_BYTES));
      return fd;
    } catch (NativeCallException failed) {
      PosixCalls.close(fd);
      throw failed;
    }
  }

  /** The key of a socket that is connected with itself. */
  public static long key(int fd, String object) {
    byte[] address = new byte[SOCKADDR_BYTES];
    check("getsockname", object, Natives.getsockname(fd, address, new int[] {SOCKADDR_BYTES}));
    return key(address);
  }

  /**
   * Whether a socket, whoever made it, is connected with itself.
   *
   * @return 0; {@code -EPROTOTYPE}: not TCP over IPv4; {@code -ENOTCONN}: not established; {@code
   *     -EADDRNOTAVAIL}: not connected with itself on 127.0.0.0/8
   */
  public static int check(int fd) {
    if (option(fd, SO_DOMAIN) != AF_INET
        || option(fd, SO_TYPE) != SOCK_STREAM
        || option(fd, SO_PROTOCOL) != IPPROTO_TCP) {
      return -Errno.EPROTOTYPE;
    }
    byte[] info = info(fd);
    byte[] other = new byte[SOCKADDR_BYTES];
    if (info == null
        || info[0] != TCP_ESTABLISHED
        || Natives.getpeername(fd, other, new int[] {SOCKADDR_BYTES}) != 0) {
      return -Errno.ENOTCONN;
    }
    byte[] own = new byte[SOCKADDR_BYTES];
    boolean same =
        Natives.getsockname(fd, own, new int[] {SOCKADDR_BYTES}) == 0
            && key(own) == key(other)
            && own[4] == LOOPBACK;
    return same ? 0 : -Errno.EADDRNOTAVAIL;
  }

  /** Segments with data that went out through TCP, of struct tcp_info. */
  public static long dataSegmentsOut(int fd, String object) {
    byte[] info = info(fd);
    if (info == null) {
      throw new NativeCallException("getsockopt", object, Native.getLastError());
    }
    return ByteBuffer.wrap(info).order(ByteOrder.nativeOrder()).getInt(DATA_SEGMENTS_OUT)
        & 0xffffffffL;
  }

  /** Null when there is none. */
  private static byte[] info(int fd) {
    byte[] info = new byte[TCP_INFO_BYTES];
    int result = Natives.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, new int[] {info.length});
    return result == 0 ? info : null;
  }

  private static int option(int fd, int name) {
    byte[] value = new byte[Integer.BYTES];
    int result = Natives.getsockopt(fd, SOL_SOCKET, name, value, new int[] {value.length});
    return result == 0 ? ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt() : -1;
  }

  private static long key(byte[] address) {
    int port = (address[2] & 0xff) << 8 | address[3] & 0xff;
    ByteBuffer key = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    key.put(0, address[4]).put(1, address[5]).put(2, address[6]).put(3, address[7]);
    return key.putInt(4, port).getLong(0);
  }

  private static void check(String call, String object, int result) {
    if (result < 0) {
      throw new NativeCallException(call, object, Native.getLastError());
    }
  }
}
