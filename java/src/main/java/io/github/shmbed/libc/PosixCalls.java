// SPDX-License-Identifier: Apache-2.0
// POSIX shared memory and the file and memory calls around it, each wrapped once: arguments as in
// the man page, a failure is a NativeCallException.
package io.github.shmbed.libc;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * The calls that POSIX segments are made of. Addresses and sizes are {@code long}, descriptors
 * {@code int}. The argument {@code object} is what a message names, nothing more. EINTR is retried.
 */
public final class PosixCalls {
  public static final int O_RDONLY = 0;
  public static final int O_RDWR = 02;
  public static final int O_CREAT = 0100;
  public static final int O_EXCL = 0200;
  public static final int O_NONBLOCK = 04000;
  public static final int PROT_READ = 1;
  public static final int PROT_WRITE = 2;
  public static final int MAP_SHARED = 1;
  public static final int MAP_FIXED = 0x10;

  private static final int MFD_CLOEXEC = 1;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int STATX_BYTES = 256;
  private static final int STATX_UID = 20;
  private static final int STATX_MODE = 28;
  private static final int STATX_SIZE = 40;
  // What statx(2) fills in, and after that a byte 0, which is an empty path.
  private static final NativeBuffer STATUS = new NativeBuffer(STATX_BYTES + 1);
  private static final String LIBRT = "librt.so.1";

  private PosixCalls() {}

  /** The functions of the C library itself. */
  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    static native int close(int fd);

    static native int fchmod(int fd, int mode);

    static native int ftruncate(int fd, long length);

    static native int posix_fallocate(int fd, long offset, long length);

    static native int statx(int dirFd, long path, int flags, int mask, long status);

    static native long mmap(long address, long length, int prot, int flags, int fd, long offset);

    static native int munmap(long address, long length);

    static native int memfd_create(byte[] name, int flags);

    static native int geteuid();

    static final Call.Of1 CLOSE =
        Binding.measured(
            Natives.class, "close", Call.Of1.class, fd -> Binding.orErrno(close((int) fd)));
    static final Call.Of2 FCHMOD =
        Binding.measured(
            Natives.class,
            "fchmod",
            Call.Of2.class,
            (fd, mode) -> Binding.orErrno(fchmod((int) fd, (int) mode)));
    static final Call.Of2 FTRUNCATE =
        Binding.measured(
            Natives.class,
            "ftruncate",
            Call.Of2.class,
            (fd, length) -> Binding.orErrno(ftruncate((int) fd, length)));
    static final Call.Of3 POSIX_FALLOCATE =
        Binding.measured(
            Natives.class,
            "posix_fallocate",
            Call.Of3.class,
            (fd, offset, length) -> posix_fallocate((int) fd, offset, length));
    static final Call.Of5 STATX =
        Binding.measured(
            Natives.class,
            "statx",
            Call.Of5.class,
            (dirFd, path, flags, mask, status) ->
                Binding.orErrno(statx((int) dirFd, path, (int) flags, (int) mask, status)));
    static final Call.Of6 MMAP =
        Binding.measured(
            Natives.class,
            "mmap",
            Call.Of6.class,
            (address, length, prot, flags, fd, offset) ->
                Binding.orErrno(mmap(address, length, (int) prot, (int) flags, (int) fd, offset)));
    static final Call.Of2 MUNMAP =
        Binding.measured(
            Natives.class,
            "munmap",
            Call.Of2.class,
            (address, length) -> Binding.orErrno(munmap(address, length)));
  }

  /** In libc from glibc 2.34 on, in librt before. */
  private static final class ShmNatives {
    static {
      Binding.toLibcOr(LIBRT, ShmNatives.class);
    }

    static void bound() {
      // Calling it has run the static initialiser above.
    }

    // The name as an address: an array would be copied at each call.
    static native int shm_open(long name, int flags, int mode);

    static native int shm_unlink(long name);

    static final Call.Of3 SHM_OPEN =
        Binding.measuredOr(
            LIBRT,
            ShmNatives.class,
            "shm_open",
            Call.Of3.class,
            (name, flags, mode) -> Binding.orErrno(shm_open(name, (int) flags, (int) mode)));

    static final Call.Of1 SHM_UNLINK =
        Binding.measuredOr(
            LIBRT,
            ShmNatives.class,
            "shm_unlink",
            Call.Of1.class,
            name -> Binding.orErrno(shm_unlink(name)));
  }

  /**
   * Loads JNA and looks the functions up, which otherwise the first call pays for (tens of ms). For
   * those who measure.
   */
  public static void bind() {
    Natives.geteuid();
    ShmNatives.bound();
  }

  /**
   * shm_open(3).
   *
   * @param name a C string (see {@link CString}) with its leading slash
   * @param flags O_RDONLY or O_RDWR, with O_CREAT, O_EXCL, O_NONBLOCK
   * @param mode permission bits of a new object, subject to the umask
   * @return a descriptor, close-on-exec
   * @throws NativeCallException EEXIST, ENOENT, EACCES, ELOOP, EMFILE, ...
   */
  public static int shmOpen(NativeBuffer name, int flags, int mode, Object object) {
    while (true) {
      long fd = ShmNatives.SHM_OPEN.call(name.address(), flags, mode);
      Reference.reachabilityFence(name);
      if (fd >= 0) {
        return (int) fd;
      }
      failUnlessInterrupted("shm_open", object, fd);
    }
  }

  /**
   * shm_unlink(3).
   *
   * @param name as for {@link #shmOpen}
   * @return false when there is nothing of that name
   * @throws NativeCallException EACCES, ...
   */
  public static boolean shmUnlink(NativeBuffer name, Object object) {
    long result = ShmNatives.SHM_UNLINK.call(name.address());
    Reference.reachabilityFence(name);
    if (result == -Errno.ENOENT) {
      return false;
    }
    check("shm_unlink", object, result);
    return true;
  }

  /** close(2). Not retried on EINTR: Linux has closed the descriptor then. */
  public static void close(int fd) {
    Natives.CLOSE.call(fd);
  }

  /** fchmod(2): the exact mode, whatever the umask. */
  public static void fchmod(int fd, int mode, Object object) {
    check("fchmod", object, Natives.FCHMOD.call(fd, mode));
  }

  /**
   * ftruncate(2). Succeeds on a full /dev/shm; see {@link #posixFallocate}.
   *
   * @throws NativeCallException EINVAL, EFBIG, ...
   */
  public static void ftruncate(int fd, long sizeBytes, Object object) {
    while (true) {
      long result = Natives.FTRUNCATE.call(fd, sizeBytes);
      if (result == 0) {
        return;
      }
      failUnlessInterrupted("ftruncate", object, result);
    }
  }

  /**
   * posix_fallocate(3) from offset 0: takes the memory now, so that its lack is an error here and
   * not a SIGBUS later.
   *
   * @throws NativeCallException ENOSPC, naming the bytes that were wanted; EFBIG, ...
   */
  public static void posixFallocate(int fd, long sizeBytes, Object object) {
    int errno;
    do {
      errno =
          (int)
              Natives.POSIX_FALLOCATE.call(fd, 0, sizeBytes); // returns the errno, does not set it
    } while (errno == Errno.EINTR);
    if (errno == Errno.ENOSPC) {
      throw new NativeCallException(
          "posix_fallocate",
          object.toString(),
          errno,
          sizeBytes + " bytes wanted: " + Remedy.of("posix_fallocate", errno));
    }
    if (errno != 0) {
      throw new NativeCallException("posix_fallocate", object.toString(), errno);
    }
  }

  /**
   * fstat(2), made by statx(2): glibc before 2.33 exports no {@code fstat}, and {@code struct stat}
   * differs between x86-64 and aarch64, while {@code struct statx} is the same everywhere.
   */
  public static FileStatus fstat(int fd, Object object) {
    synchronized (STATUS) {
      long status = STATUS.address();
      long noPath = status + STATX_BYTES;
      long result = Natives.STATX.call(fd, noPath, AT_EMPTY_PATH, STATX_BASIC_STATS, status);
      check("fstat", object, result);
      ByteBuffer fields = STATUS.bytes();
      return new FileStatus(
          fields.getLong(STATX_SIZE),
          fields.getInt(STATX_UID),
          fields.getShort(STATX_MODE) & 0xffff);
    }
  }

  /**
   * mmap(2) with MAP_SHARED, from offset 0.
   *
   * @return the address
   * @throws NativeCallException EACCES, ENODEV, ENOMEM, EINVAL (length 0), ...
   */
  public static long mmap(int fd, long sizeBytes, int protection, Object object) {
    return check("mmap", object, Natives.MMAP.call(0, sizeBytes, protection, MAP_SHARED, fd, 0));
  }

  /**
   * Takes a mapping's memory away but keeps its addresses: maps an empty file over it, so that a
   * stale access raises SIGBUS (which a JVM turns into an InternalError) and not SIGSEGV (which
   * ends it).
   */
  public static void mmapNothingOver(long address, long sizeBytes, Object object) {
    byte[] name = CString.of("shmbed-detached");
    long result = Binding.orErrno(Natives.memfd_create(name, MFD_CLOEXEC));
    int emptyFd = (int) check("memfd_create", object, result);
    try {
      int flags = MAP_SHARED | MAP_FIXED;
      check("mmap", object, Natives.MMAP.call(address, sizeBytes, PROT_READ, flags, emptyFd, 0));
    } finally {
      close(emptyFd);
    }
  }

  /** munmap(2). */
  public static void munmap(long address, long sizeBytes, Object object) {
    check("munmap", object, Natives.MUNMAP.call(address, sizeBytes));
  }

  /** geteuid(2), as an unsigned number in an int. */
  public static int geteuid() {
    return Natives.geteuid();
  }

  private static long check(String call, Object object, long result) {
    if (result < 0) {
      throw new NativeCallException(call, object.toString(), (int) -result);
    }
    return result;
  }

  private static void failUnlessInterrupted(String call, Object object, long result) {
    if (result != -Errno.EINTR) {
      throw new NativeCallException(call, object.toString(), (int) -result);
    }
  }
}
