// SPDX-License-Identifier: Apache-2.0
// The shapes of functions of C that measured code calls.
package io.github.shmbed.libc;

/**
 * A function of one to six integers, which are as wide here as a register; it takes of each what
 * its own type has. It returns a count, a descriptor or an address, or {@code -errno}. Public, as
 * {@link java.lang.invoke.MethodHandleProxies} wants it.
 */
final class Call {
  private Call() {}

  /** Of one. */
  public interface Of1 {
    long call(long a);
  }

  /** Of two. */
  public interface Of2 {
    long call(long a, long b);
  }

  /** Of three. */
  public interface Of3 {
    long call(long a, long b, long c);
  }

  /** Of four. */
  public interface Of4 {
    long call(long a, long b, long c, long d);
  }

  /** Of five. */
  public interface Of5 {
    long call(long a, long b, long c, long d, long e);
  }

  /** Of six. */
  public interface Of6 {
    long call(long a, long b, long c, long d, long e, long f);
  }
}
