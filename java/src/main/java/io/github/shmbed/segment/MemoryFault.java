// SPDX-License-Identifier: Apache-2.0
// SIGBUS on a mapping, as HotSpot reports it, turned into this library's exception.
package io.github.shmbed.segment;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;

/** Faults of memory accesses. */
public final class MemoryFault {
  private static final String REMEDY =
      "SIGBUS: the object was truncated while mapped, or /dev/shm is full; create it again";

  /** Keeps the compiler from dropping the allocation. */
  @SuppressWarnings("unused")
  private static Object sink;

  private MemoryFault() {}

  /**
   * Makes a fault of the accesses that this thread has just made come out here. In compiled code
   * HotSpot only notes a SIGBUS and throws when the thread next enters the VM by a certain door,
   * which may be long after the accessor has returned. The allocation of an array of arrays is such
   * a door, 25 to 200 ns wide by the processor, on JDK 17 to 25; a plain native call is none on 17.
   *
   * @throws InternalError for such a fault
   */
  static void settle() {
    sink = new byte[0][0];
  }

  /**
   * Whether this is what HotSpot throws for a SIGBUS in a buffer access (and not some other
   * internal error).
   */
  public static boolean isOne(InternalError error) {
    String message = error.getMessage();
    return message != null && message.contains("unsafe memory access");
  }

  /**
   * The exception with EFAULT that names the object.
   *
   * @param call what was done: no function of the C library, so {@code read shared memory} and the
   *     like
   */
  public static NativeCallException of(String call, String object, InternalError cause) {
    NativeCallException fault = new NativeCallException(call, object, Errno.EFAULT, REMEDY);
    fault.initCause(cause);
    return fault;
  }
}
