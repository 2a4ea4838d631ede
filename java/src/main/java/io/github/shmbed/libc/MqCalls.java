// SPDX-License-Identifier: Apache-2.0
// POSIX message queues (mq_overview(7)).
package io.github.shmbed.libc;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Calls on POSIX message queues. {@link #timedSend} and {@link #timedReceive} may run once per
 * message: they take addresses, allocate nothing and return a count or {@code -errno}. The others
 * throw.
 */
public final class MqCalls {
  private static final String LIBRT = "librt.so.1";
  private static final int O_WRONLY = 01;
  private static final int MQ_ATTR_BYTES = 64;
  private static final int MQ_MAXMSG = 8;
  private static final int MQ_MSGSIZE = 16;

  private MqCalls() {}

  /** In libc from glibc 2.34 on, in librt before. */
  private static final class Natives {
    static {
      Binding.toLibcOr(LIBRT, Natives.class);
    }

    static native int mq_open(byte[] name, int flags, int mode, byte[] attributes);

    static native int mq_close(int queue);

    static native int mq_unlink(byte[] name);

    static native int mq_getattr(int queue, byte[] attributes);

    static native int mq_timedsend(int queue, long message, long length, int priority, long until);

    static native long mq_timedreceive(
        int queue, long message, long length, long priority, long until);

    static final Call.Of5 TIMEDSEND =
        Binding.measuredOr(
            LIBRT,
            Natives.class,
            "mq_timedsend",
            Call.Of5.class,
            (queue, message, length, priority, until) ->
                Binding.orErrno(mq_timedsend((int) queue, message, length, (int) priority, until)));

    static final Call.Of5 TIMEDRECEIVE =
        Binding.measuredOr(
            LIBRT,
            Natives.class,
            "mq_timedreceive",
            Call.Of5.class,
            (queue, message, length, priority, until) ->
                Binding.orErrno(mq_timedreceive((int) queue, message, length, priority, until)));
  }

  /**
   * mq_open(3), a new queue for reading and writing; its mode is exact.
   *
   * @throws NativeCallException EEXIST, EMFILE, ENOSPC, EINVAL (beyond fs.mqueue.msg_max), ...
   */
  public static int create(String name, int mode, long maxMessages, long messageBytes) {
    ByteBuffer attributes = ByteBuffer.allocate(MQ_ATTR_BYTES).order(ByteOrder.nativeOrder());
    attributes.putLong(MQ_MAXMSG, maxMessages).putLong(MQ_MSGSIZE, messageBytes);
    int flags = PosixCalls.O_CREAT | PosixCalls.O_EXCL | PosixCalls.O_RDWR | FileCalls.O_CLOEXEC;
    int queue = Natives.mq_open(CString.of(name), flags, mode, attributes.array());
    if (queue == -1) {
      throw new NativeCallException("mq_open", name, Native.getLastError());
    }
    PosixCalls.fchmod(queue, mode, name); // a queue's descriptor is a file descriptor on Linux
    return queue;
  }

  /** mq_open(3) of a queue that is there, for reading or for writing. */
  public static int open(String name, boolean forReading) {
    int flags = (forReading ? PosixCalls.O_RDONLY : O_WRONLY) | FileCalls.O_CLOEXEC;
    int queue = Natives.mq_open(CString.of(name), flags, 0, null);
    if (queue == -1) {
      throw new NativeCallException("mq_open", name, Native.getLastError());
    }
    return queue;
  }

  /** mq_getattr(3): the size of the queue's messages. */
  public static long messageBytes(int queue, String name) {
    ByteBuffer attributes = ByteBuffer.allocate(MQ_ATTR_BYTES).order(ByteOrder.nativeOrder());
    if (Natives.mq_getattr(queue, attributes.array()) != 0) {
      throw new NativeCallException("mq_getattr", name, Native.getLastError());
    }
    return attributes.getLong(MQ_MSGSIZE);
  }

  /** mq_close(3). */
  public static void close(int queue) {
    Natives.mq_close(queue);
  }

  /** mq_unlink(3); that it is not there any more is no error. */
  public static void unlink(String name) {
    if (Natives.mq_unlink(CString.of(name)) != 0 && Native.getLastError() != Errno.ENOENT) {
      throw new NativeCallException("mq_unlink", name, Native.getLastError());
    }
  }

  /**
   * mq_timedsend(3), priority 0.
   *
   * @param until address of a struct timespec, an instant of CLOCK_REALTIME
   */
  public static int timedSend(int queue, long message, long length, long until) {
    return (int) Natives.TIMEDSEND.call(queue, message, length, 0, until);
  }

  /**
   * mq_timedreceive(3).
   *
   * @param until address of a struct timespec, an instant of CLOCK_REALTIME
   */
  public static long timedReceive(int queue, long message, long length, long until) {
    return Natives.TIMEDRECEIVE.call(queue, message, length, 0, until);
  }
}
