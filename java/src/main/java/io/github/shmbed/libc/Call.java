// SPDX-License-Identifier: Apache-2.0
// The shapes of functions of C that measured code calls.
package io.github.shmbed.libc;

/**
 * A function of one to six integers, which are as wide here as a register; it takes of each what
 * its own type has. It returns a count, a descriptor or an address, or {@code -errno}. The shapes
 * are public, as {@link java.lang.invoke.MethodHandleProxies} wants it.
 */
interface Call {
  /** Calls it with zeros. */
  void callOnce();

  /** Of one. */
  interface Of1 extends Call {
    long call(long a);

    @Override
    default void callOnce() {
      call(0);
    }
  }

  /** Of two. */
  interface Of2 extends Call {
    long call(long a, long b);

    @Override
    default void callOnce() {
      call(0, 0);
    }
  }

  /** Of three. */
  interface Of3 extends Call {
    long call(long a, long b, long c);

    @Override
    default void callOnce() {
      call(0, 0, 0);
    }
  }

  /** Of four. */
  interface Of4 extends Call {
    long call(long a, long b, long c, long d);

    @Override
    default void callOnce() {
      call(0, 0, 0, 0);
    }
  }

  /** Of five. */
  interface Of5 extends Call {
    long call(long a, long b, long c, long d, long e);

    @Override
    default void callOnce() {
      call(0, 0, 0, 0, 0);
    }
  }

  /** Of six. */
  interface Of6 extends Call {
    long call(long a, long b, long c, long d, long e, long f);

    @Override
    default void callOnce() {
      call(0, 0, 0, 0, 0, 0);
    }
  }
}
