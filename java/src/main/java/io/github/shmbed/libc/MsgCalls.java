// SPDX-License-Identifier: Apache-2.0
// System V message queues (sysvipc(7)).
package io.github.shmbed.libc;

import com.sun.jna.Native;

/**
 * Calls on System V message queues. {@link #send} and {@link #receive} may run once per message:
 * they take addresses, allocate nothing and return a count or {@code -errno}. The others throw.
 */
public final class MsgCalls {
  public static final int IPC_NOWAIT = 04000;
  private static final int IPC_RMID = 0;

  private MsgCalls() {}

  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    static native int msgget(int key, int flags);

    static native int msgsnd(int queue, long message, long length, int flags);

    static native long msgrcv(int queue, long message, long length, long type, int flags);

    static native int msgctl(int queue, int command, long status);

    static final Call.Of4 MSGSND =
        Binding.measured(
            Natives.class,
            "msgsnd",
            Call.Of4.class,
            (queue, message, length, flags) ->
                Binding.orErrno(msgsnd((int) queue, message, length, (int) flags)));

    static final Call.Of5 MSGRCV =
        Binding.measured(
            Natives.class,
            "msgrcv",
            Call.Of5.class,
            (queue, message, length, type, flags) ->
                Binding.orErrno(msgrcv((int) queue, message, length, type, (int) flags)));
  }

  /** msgget(2) of a new queue. */
  public static int create(int key, int mode, String object) {
    return get(key, SysvCalls.IPC_CREAT | SysvCalls.IPC_EXCL | mode, object);
  }

  /** msgget(2) of a queue that is there. */
  public static int open(int key, String object) {
    return get(key, 0, object);
  }

  private static int get(int key, int flags, String object) {
    int queue = Natives.msgget(key, flags);
    if (queue == -1) {
      throw new NativeCallException("msgget", object, Native.getLastError());
    }
    return queue;
  }

  /** msgctl(2), IPC_RMID: who waits on it gets EIDRM. That it is not there any more is no error. */
  public static void remove(int queue, String object) {
    if (Natives.msgctl(queue, IPC_RMID, 0) == -1) {
      int errno = Native.getLastError();
      if (errno != Errno.EINVAL && errno != Errno.EIDRM) {
        throw new NativeCallException("msgctl", object, errno);
      }
    }
  }

  /**
   * msgsnd(2).
   *
   * @param message address of the type (8 bytes, positive) and the text
   * @param length of the text
   */
  public static int send(int queue, long message, long length, int flags) {
    return (int) Natives.MSGSND.call(queue, message, length, flags);
  }

  /**
   * msgrcv(2).
   *
   * @param message address of room for the type (8 bytes) and the text
   * @param length of the text at most
   */
  public static long receive(int queue, long message, long length, long type, int flags) {
    return Natives.MSGRCV.call(queue, message, length, type, flags);
  }
}
