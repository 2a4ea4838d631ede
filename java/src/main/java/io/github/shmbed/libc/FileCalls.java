// SPDX-License-Identifier: Apache-2.0
// Descriptors and paths: what FIFOs, eventfds and sockets have in common.
package io.github.shmbed.libc;

import com.sun.jna.Native;

/**
 * Calls on files. The ones that may run once per message ({@link #read}, {@link #write}, {@link
 * #poll}) take addresses, allocate nothing and return what the kernel returns: a count, or {@code
 * -errno}. The others throw.
 */
public final class FileCalls {
  public static final int O_RDONLY = 0;
  public static final int O_RDWR = 02;
  public static final int O_NONBLOCK = 04000;
  public static final int O_CLOEXEC = 02000000;
  public static final int EFD_NONBLOCK = O_NONBLOCK;
  public static final int EFD_CLOEXEC = O_CLOEXEC;

  /** For {@link #poll}: there is something to read. */
  public static final int POLLIN = 1;

  /** For {@link #poll}: there is room to write. */
  public static final int POLLOUT = 4;

  /** Size of a struct pollfd: fd (int), events (short), revents (short). */
  public static final int POLLFD_BYTES = 8;

  // Differs between the architectures (fcntl.h): x86 and the generic numbers of arm64.
  private static final int O_NOFOLLOW = Binding.isArm64() ? 0100000 : 0400000;
  private static final int S_IFMT = 0170000;
  private static final int S_IFIFO = 0010000;

  private FileCalls() {}

  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    static native int open(byte[] path, int flags, int mode);

    static native int mkfifo(byte[] path, int mode);

    static native int unlink(byte[] path);

    static native int chmod(byte[] path, int mode);

    static native int eventfd(int initial, int flags);

    static native long read(int fd, long buffer, long length);

    static native long write(int fd, long buffer, long length);

    static native int poll(long polled, long count, int timeoutMs);

    static final Call.Of3 READ =
        Binding.measured(
            Natives.class,
            "read",
            Call.Of3.class,
            (fd, buffer, length) -> Binding.orErrno(read((int) fd, buffer, length)));

    static final Call.Of3 WRITE =
        Binding.measured(
            Natives.class,
            "write",
            Call.Of3.class,
            (fd, buffer, length) -> Binding.orErrno(write((int) fd, buffer, length)));

    static final Call.Of3 POLL =
        Binding.measured(
            Natives.class,
            "poll",
            Call.Of3.class,
            (polled, count, timeoutMs) -> Binding.orErrno(poll(polled, count, (int) timeoutMs)));
  }

  /**
   * open(2) of a FIFO that is there; with O_CLOEXEC and O_NOFOLLOW.
   *
   * @throws NativeCallException ENOENT, EACCES, ELOOP; EINVAL when it is no FIFO
   */
  public static int openFifo(String path, int flags) {
    int fd = Natives.open(CString.of(path), flags | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0);
    if (fd < 0) {
      throw new NativeCallException("open", path, Native.getLastError());
    }
    if ((PosixCalls.fstat(fd, path).mode() & S_IFMT) != S_IFIFO) {
      PosixCalls.close(fd);
      throw new NativeCallException("open", path, Errno.EINVAL, "not a FIFO: remove it");
    }
    return fd;
  }

  /** mkfifo(3) with mode 0600. */
  public static void mkfifo(String path) {
    if (Natives.mkfifo(CString.of(path), 0600) != 0) {
      throw new NativeCallException("mkfifo", path, Native.getLastError());
    }
  }

  /** unlink(2); that it is not there any more is no error. */
  public static void unlink(String path) {
    if (Natives.unlink(CString.of(path)) != 0 && Native.getLastError() != Errno.ENOENT) {
      throw new NativeCallException("unlink", path, Native.getLastError());
    }
  }

  /** chmod(2): the exact mode, whatever the umask. */
  public static void chmod(String path, int mode) {
    if (Natives.chmod(CString.of(path), mode) != 0) {
      throw new NativeCallException("chmod", path, Native.getLastError());
    }
  }

  /** eventfd(2) with counter 0, non-blocking, close-on-exec. */
  public static int eventfd(String object) {
    int fd = Natives.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0) {
      throw new NativeCallException("eventfd", object, Native.getLastError());
    }
    return fd;
  }

  /** read(2). */
  public static long read(int fd, long buffer, long length) {
    return Natives.READ.call(fd, buffer, length);
  }

  /** write(2). */
  public static long write(int fd, long buffer, long length) {
    return Natives.WRITE.call(fd, buffer, length);
  }

  /**
   * poll(2).
   *
   * @param polled address of {@code count} struct pollfd
   */
  public static int poll(long polled, int count, int timeoutMs) {
    return (int) Natives.POLL.call(polled, count, timeoutMs);
  }
}
