// SPDX-License-Identifier: Apache-2.0
// POSIX named semaphores (sem_overview(7)).
package io.github.shmbed.libc;

import com.sun.jna.Native;

/**
 * Calls on named semaphores. {@link #post} and {@link #timedWait} may run once per message: they
 * allocate nothing and return 0 or {@code -errno}. The others throw.
 */
public final class SemCalls {
  private static final String LIBPTHREAD = "libpthread.so.0";

  private SemCalls() {}

  /** In libc from glibc 2.34 on, in libpthread before. */
  private static final class Natives {
    static {
      Binding.toLibcOr(LIBPTHREAD, Natives.class);
    }

    static native long sem_open(byte[] name, int flags, int mode, int value);

    static native int sem_close(long semaphore);

    static native int sem_unlink(byte[] name);

    static native int sem_post(long semaphore);

    static native int sem_trywait(long semaphore);

    static native int sem_timedwait(long semaphore, long until);

    static final Call.Of1 SEM_POST =
        Binding.measuredOr(
            LIBPTHREAD,
            Natives.class,
            "sem_post",
            Call.Of1.class,
            semaphore -> Binding.orErrno(sem_post(semaphore)));

    static final Call.Of1 SEM_TRYWAIT =
        Binding.measuredOr(
            LIBPTHREAD,
            Natives.class,
            "sem_trywait",
            Call.Of1.class,
            semaphore -> Binding.orErrno(sem_trywait(semaphore)));

    static final Call.Of2 SEM_TIMEDWAIT =
        Binding.measuredOr(
            LIBPTHREAD,
            Natives.class,
            "sem_timedwait",
            Call.Of2.class,
            (semaphore, until) -> Binding.orErrno(sem_timedwait(semaphore, until)));
  }

  /**
   * sem_open(3), a new one of value 0; its mode is exact.
   *
   * @return its address
   * @throws NativeCallException EEXIST, ...
   */
  public static long create(String name, int mode) {
    long semaphore = open(name, PosixCalls.O_CREAT | PosixCalls.O_EXCL, mode);
    FileCalls.chmod("/dev/shm/sem." + name.substring(1), mode); // sem_overview(7): this is its file
    return semaphore;
  }

  /** sem_open(3) of one that is there. */
  public static long open(String name) {
    return open(name, 0, 0);
  }

  private static long open(String name, int flags, int mode) {
    long semaphore = Natives.sem_open(CString.of(name), flags, mode, 0);
    if (semaphore == 0) { // SEM_FAILED
      throw new NativeCallException("sem_open", name, Native.getLastError());
    }
    return semaphore;
  }

  /** sem_close(3). */
  public static void close(long semaphore) {
    Natives.sem_close(semaphore);
  }

  /** sem_unlink(3); that it is not there any more is no error. */
  public static void unlink(String name) {
    if (Natives.sem_unlink(CString.of(name)) != 0 && Native.getLastError() != Errno.ENOENT) {
      throw new NativeCallException("sem_unlink", name, Native.getLastError());
    }
  }

  /** sem_post(3). */
  public static int post(long semaphore) {
    return (int) Natives.SEM_POST.call(semaphore);
  }

  /** sem_trywait(3): -EAGAIN when its value is 0. */
  public static int tryWait(long semaphore) {
    return (int) Natives.SEM_TRYWAIT.call(semaphore);
  }

  /**
   * sem_timedwait(3).
   *
   * @param until address of a struct timespec, an instant of CLOCK_REALTIME
   */
  public static int timedWait(long semaphore, long until) {
    return (int) Natives.SEM_TIMEDWAIT.call(semaphore, until);
  }
}
