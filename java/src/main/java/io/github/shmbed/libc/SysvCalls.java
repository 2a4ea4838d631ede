// SPDX-License-Identifier: Apache-2.0
// System V shared memory, each call wrapped once: arguments as in the man page, a failure is a
// NativeCallException.
package io.github.shmbed.libc;

import com.sun.jna.Native;
import java.nio.ByteBuffer;

/**
 * The calls that System V segments are made of. The argument {@code object} is what a message
 * names, nothing more.
 */
public final class SysvCalls {
  public static final int IPC_CREAT = 01000;
  public static final int IPC_EXCL = 02000;
  public static final int SHM_RDONLY = 010000;

  private static final int KEY_HEX_DIGITS = 8;
  private static final int IPC_RMID = 0;
  private static final int IPC_STAT = 2;

  // struct shmid_ds of 64-bit Linux, the same on x86-64 and aarch64: struct ipc_perm (48 bytes),
  // then the size.
  private static final int SHMID_DS_BYTES = 112;
  private static final int PERM_UID = 4;
  private static final int PERM_MODE = 20;
  private static final int SHM_SEGSZ = 48;
  private static final int SHM_NATTCH = 88;

  private static final NativeBuffer STATUS = new NativeBuffer(SHMID_DS_BYTES);

  private SysvCalls() {}

  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    static void bound() {
      // Calling it has run the static initialiser above.
    }

    static native int ftok(byte[] path, int projectId);

    static native int shmget(int key, long size, int flags);

    static native long shmat(int id, long address, int flags);

    static native int shmdt(long address);

    static native int shmctl(int id, int command, long status);

    static final Call.Of3 SHMGET =
        Binding.measured(
            Natives.class,
            "shmget",
            Call.Of3.class,
            (key, size, flags) -> Binding.orErrno(shmget((int) key, size, (int) flags)));

    static final Call.Of3 SHMAT =
        Binding.measured(
            Natives.class,
            "shmat",
            Call.Of3.class,
            (id, address, flags) -> Binding.orErrno(shmat((int) id, address, (int) flags)));

    static final Call.Of1 SHMDT =
        Binding.measured(
            Natives.class, "shmdt", Call.Of1.class, address -> Binding.orErrno(shmdt(address)));

    static final Call.Of3 SHMCTL =
        Binding.measured(
            Natives.class,
            "shmctl",
            Call.Of3.class,
            (id, command, status) -> Binding.orErrno(shmctl((int) id, (int) command, status)));
  }

  /**
   * Loads JNA and looks the functions up, which otherwise the first call pays for (tens of ms). For
   * those who measure.
   */
  public static void bind() {
    Natives.bound();
  }

  /**
   * ftok(3): device, inode and project id make the key, so a copy of the file gives another key and
   * a bind mount the same.
   *
   * @param projectId its low 8 bits count
   * @throws NativeCallException ENOENT, EACCES, ...
   */
  public static int ftok(String path, int projectId) {
    int key = Natives.ftok(CString.of(path), projectId);
    if (key == -1) {
      throw new NativeCallException("ftok", path, Native.getLastError());
    }
    return key;
  }

  /**
   * shmget(2).
   *
   * @param flags IPC_CREAT, IPC_EXCL and permission bits
   * @return the segment's id
   * @throws NativeCallException EEXIST, ENOENT, EACCES, EINVAL (too small, too large), ENOSPC,
   *     ENOMEM
   */
  public static int shmget(int key, long sizeBytes, int flags) {
    long id = Natives.SHMGET.call(key, sizeBytes, flags);
    if (id < 0) {
      throw failure("shmget", "key " + keyText(key), id);
    }
    return (int) id;
  }

  /**
   * shmat(2) at an address of the kernel's choice.
   *
   * @param flags 0 or SHM_RDONLY
   * @throws NativeCallException EACCES, EINVAL, EIDRM, ENOMEM
   */
  public static long shmat(int id, int flags, Object object) {
    long address = Natives.SHMAT.call(id, 0, flags);
    if (address < 0) {
      throw failure("shmat", object, address);
    }
    return address;
  }

  /** shmdt(2). */
  public static void shmdt(long address, Object object) {
    long result = Natives.SHMDT.call(address);
    if (result < 0) {
      throw failure("shmdt", object, result);
    }
  }

  /**
   * shmctl(2), IPC_STAT.
   *
   * @throws NativeCallException EACCES (needs read permission), EINVAL, EIDRM
   */
  public static SysvStatus status(int id, Object object) {
    synchronized (STATUS) {
      long result = Natives.SHMCTL.call(id, IPC_STAT, STATUS.address());
      if (result < 0) {
        throw failure("shmctl", object, result);
      }
      ByteBuffer fields = STATUS.bytes();
      return new SysvStatus(
          fields.getLong(SHM_SEGSZ),
          fields.getInt(PERM_UID),
          fields.getShort(PERM_MODE) & 0777,
          fields.getLong(SHM_NATTCH));
    }
  }

  /**
   * shmctl(2), IPC_RMID: the key is free at once, the memory when the last one has detached.
   *
   * @return false when there is no segment with that id
   * @throws NativeCallException EPERM
   */
  public static boolean remove(int id, Object object) {
    long result = Natives.SHMCTL.call(id, IPC_RMID, 0);
    if (result == -Errno.EINVAL || result == -Errno.EIDRM) {
      return false;
    }
    if (result < 0) {
      throw failure("shmctl", object, result);
    }
    return true;
  }

  /** A key as {@code ipcs} shows it: {@code 0x0000a1b2}. */
  public static String keyText(int key) {
    String digits = Integer.toHexString(key);
    return "0x" + "0".repeat(KEY_HEX_DIGITS - digits.length()) + digits;
  }

  private static NativeCallException failure(String call, Object object, long result) {
    return new NativeCallException(call, object.toString(), (int) -result);
  }
}
