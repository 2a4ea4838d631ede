// SPDX-License-Identifier: Apache-2.0
// The one exception for a system call that failed: which call, on what, why, and what to do about
// it.
package io.github.shmbed.libc;

/**
 * A call of the C library failed. The message reads {@code shm_open /x: ENOENT (no segment of that
 * name: ...)}.
 *
 * <p>Also thrown with {@link Errno#EFAULT} when an access to a mapping raised SIGBUS, because the
 * object was truncated under it or /dev/shm is full.
 */
public final class NativeCallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final String object;
  private final int errno;
  private final String remedy;

  /**
   * A failure whose remedy is looked up by call and errno.
   *
   * @param call the C function's name
   * @param object what it was called on: a name, a key, a path
   * @param errno the number, see {@link Errno}
   */
  public NativeCallException(String call, String object, int errno) {
    this(call, object, errno, Remedy.of(call, errno));
  }

  /**
   * A failure with a remedy of its own.
   *
   * @param call the C function's name
   * @param object what it was called on: a name, a key, a path
   * @param errno the number, see {@link Errno}
   * @param remedy what the person in front of the screen can do
   */
  public NativeCallException(String call, String object, int errno, String remedy) {
    super(call + " " + object + ": " + Errno.name(errno) + " (" + remedy + ")");
    this.call = call;
    this.object = object;
    this.errno = errno;
    this.remedy = remedy;
  }

  /** The C function's name, such as {@code shm_open}. */
  public String call() {
    return call;
  }

  /** What the call was made on: a name, a key, an id, a path. */
  public String object() {
    return object;
  }

  /** The errno value, see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** The errno's name, such as {@code EEXIST}. */
  public String errnoName() {
    return Errno.name(errno);
  }

  /** What to do about it, one line. */
  public String remedy() {
    return remedy;
  }
}
