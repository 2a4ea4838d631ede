// SPDX-License-Identifier: Apache-2.0
// futex(2), which has no function in the C library.
package io.github.shmbed.libc;

/**
 * Futexes shared between processes. They may run once per message: they allocate nothing and return
 * {@code -errno}.
 */
public final class FutexCalls {
  private static final long SYS_FUTEX = Binding.isArm64() ? 98 : 202;
  private static final long FUTEX_WAIT = 0;
  private static final long FUTEX_WAKE = 1;

  private FutexCalls() {}

  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    // syscall(2) takes as many arguments as the call has, and each costs JNA some 25 ns.
    static native long syscall(long number, long word, long operation, long value);

    static native long syscall(long number, long word, long operation, long value, long timeout);

    static final Call.Of4 WAKE =
        Binding.measured(
            Natives.class,
            "syscall",
            Call.Of4.class,
            (number, word, operation, value) ->
                Binding.orErrno(syscall(number, word, operation, value)));

    static final Call.Of5 WAIT =
        Binding.measured(
            Natives.class,
            "syscall",
            Call.Of5.class,
            (number, word, operation, value, timeout) ->
                Binding.orErrno(syscall(number, word, operation, value, timeout)));
  }

  /**
   * Sleeps while the word has a value.
   *
   * @param word address of the 4 bytes, a multiple of 4
   * @param timeout address of a struct timespec, a duration
   * @return 0 after a wake-up; -EAGAIN when it had another value; -ETIMEDOUT, -EINTR
   */
  public static int waitWhile(long word, int value, long timeout) {
    return (int) Natives.WAIT.call(SYS_FUTEX, word, FUTEX_WAIT, value & 0xffffffffL, timeout);
  }

  /** Wakes all that sleep on the word; returns how many. */
  public static int wakeAll(long word) {
    return (int) Natives.WAKE.call(SYS_FUTEX, word, FUTEX_WAKE, Integer.MAX_VALUE);
  }
}
