// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.github.shmbed.libc.NativeCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The calls that only this bench needs: mappings with flags, the page cache, the counters.
 * Constants are those of Linux.
 */
final class StorageNatives {
  static final int O_RDWR = 2;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;
  static final int O_CLOEXEC = 02000000;
  static final int MAP_SHARED = 1;
  static final int MAP_POPULATE = 0x8000;
  static final int IPC_CREAT = 01000;
  static final int SHM_HUGETLB = 04000;
  private static final int PROT_READ_WRITE = 3;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MS_SYNC = 4;
  private static final int POSIX_FADV_DONTNEED = 4;
  private static final int IPC_PRIVATE = 0;
  private static final int IPC_RMID = 0;
  private static final int RUSAGE_THREAD = 1;
  private static final int RUSAGE_BYTES = 144;
  private static final int RUSAGE_MINOR_FAULTS = 64;
  private static final int RUSAGE_MAJOR_FAULTS = 72;

  private StorageNatives() {}

  /** Direct mapping: a call costs some 50 ns more than in C. */
  private static final class Libc {
    static {
      Native.register(Libc.class, NativeLibrary.getProcess());
    }

    static native int open(byte[] path, int flags, int mode);

    static native int close(int fd);

    static native int unlink(byte[] path);

    static native int ftruncate(int fd, long size);

    static native int fdatasync(int fd);

    static native int posix_fadvise(int fd, long offset, long length, int advice);

    static native long mmap(
        long address, long size, int protection, int flags, int fd, long offset);

    static native int munmap(long address, long size);

    static native int madvise(long address, long size, int advice);

    static native int msync(long address, long size, int flags);

    static native int shmget(int key, long size, int flags);

    static native long shmat(int id, long address, int flags);

    static native int shmdt(long address);

    static native int shmctl(int id, int command, byte[] status);

    static native int getrusage(int who, byte[] usage);
  }

  static int open(String path, int flags) {
    return checked("open", path, Libc.open(zeroTerminated(path), flags | O_RDWR | O_CLOEXEC, 0600));
  }

  static void unlink(String path) {
    checked("unlink", path, Libc.unlink(zeroTerminated(path)));
  }

  static void close(int fd) {
    Libc.close(fd);
  }

  static void ftruncate(int fd, long sizeBytes, String object) {
    checked("ftruncate", object, Libc.ftruncate(fd, sizeBytes));
  }

  /**
   * Writes the file's pages to the disk, then drops them from the page cache; dirty ones would
   * stay. posix_fadvise(2).
   */
  static void chill(int fd, String object) {
    checked("fdatasync", object, Libc.fdatasync(fd));
    int errno = Libc.posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    if (errno != 0) {
      throw new NativeCallException("posix_fadvise", object, errno);
    }
  }

  static long mmap(int fd, long sizeBytes, int flags, String object) {
    return checkedAddress(
        "mmap", object, Libc.mmap(0, sizeBytes, PROT_READ_WRITE, MAP_SHARED | flags, fd, 0));
  }

  static void munmap(long address, long sizeBytes) {
    Libc.munmap(address, sizeBytes);
  }

  static void adviseHugePages(long address, long sizeBytes, String object) {
    checked("madvise", object, Libc.madvise(address, sizeBytes, MADV_HUGEPAGE));
  }

  static void msync(long address, long sizeBytes, String object) {
    checked("msync", object, Libc.msync(address, sizeBytes, MS_SYNC));
  }

  static int shmgetPrivate(long sizeBytes, int flags) {
    return checked(
        "shmget", "IPC_PRIVATE", Libc.shmget(IPC_PRIVATE, sizeBytes, IPC_CREAT | flags | 0600));
  }

  static long shmat(int id) {
    return checkedAddress("shmat", "id " + id, Libc.shmat(id, 0, 0));
  }

  static void shmdt(long address) {
    Libc.shmdt(address);
  }

  static void shmRemove(int id) {
    checked("shmctl", "id " + id, Libc.shmctl(id, IPC_RMID, null));
  }

  /** The counters of the calling thread: not the compiler's, not the garbage collector's. */
  static Usage usage() {
    byte[] bytes = new byte[RUSAGE_BYTES];
    checked("getrusage", "this thread", Libc.getrusage(RUSAGE_THREAD, bytes));
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    long seconds = fields.getLong(0) + fields.getLong(16);
    long micros = fields.getLong(8) + fields.getLong(24);
    return new Usage(
        seconds * 1_000_000_000L + micros * 1_000L,
        fields.getLong(RUSAGE_MINOR_FAULTS),
        fields.getLong(RUSAGE_MAJOR_FAULTS));
  }

  /** CPU time and page faults; getrusage(2). */
  record Usage(long cpuNs, long minorFaults, long majorFaults) {}

  private static byte[] zeroTerminated(String path) {
    return (path + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private static int checked(String call, String object, int result) {
    if (result < 0) {
      throw new NativeCallException(call, object, Native.getLastError());
    }
    return result;
  }

  private static long checkedAddress(String call, String object, long address) {
    if (address == -1) {
      throw new NativeCallException(call, object, Native.getLastError());
    }
    return address;
  }
}
