// SPDX-License-Identifier: Apache-2.0
// mount(2) and umount2(2) of a BPF file system.
package io.github.shmbed.libc;

import com.sun.jna.Native;

/** Mounts and unmounts; both need CAP_SYS_ADMIN. */
public final class MountCalls {
  private static final long MS_NOSUID = 2;
  private static final long MS_NODEV = 4;
  private static final long MS_NOEXEC = 8;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;

  private MountCalls() {}

  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    static native int mount(byte[] source, byte[] target, byte[] type, long flags, byte[] data);

    static native int umount2(byte[] target, int flags);
  }

  /** Mounts a new BPF file system, whose root has mode 0700. */
  public static void mountBpf(String source, String folder) {
    int result =
        Natives.mount(
            CString.of(source),
            CString.of(folder),
            CString.of("bpf"),
            MS_NOSUID | MS_NODEV | MS_NOEXEC,
            CString.of("mode=0700"));
    if (result != 0) {
      throw new NativeCallException("mount", folder, Native.getLastError());
    }
  }

  /** Unmounts, also what somebody still uses; that nothing is mounted there is no error. */
  public static void unmount(String folder) {
    if (Natives.umount2(CString.of(folder), MNT_DETACH | UMOUNT_NOFOLLOW) != 0) {
      int errno = Native.getLastError();
      if (errno != Errno.EINVAL && errno != Errno.ENOENT) {
        throw new NativeCallException("umount2", folder, errno);
      }
    }
  }
}
