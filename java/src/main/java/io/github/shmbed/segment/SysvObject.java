// SPDX-License-Identifier: Apache-2.0
// A System V segment that has an id here but is not attached: creation and opening in single steps.
package io.github.shmbed.segment;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.SysvCalls;
import io.github.shmbed.libc.SysvStatus;

/**
 * A System V segment by its id (sysvipc(7)), before it is attached. {@link SysvSegment} does these
 * steps in one call; use this class where each has to be timed. It holds nothing of the kernel's,
 * so there is nothing to close.
 */
public final class SysvObject {
  private final int key; // 0 if only the id is known
  private final int id;

  private SysvObject(int key, int id) {
    this.key = key;
    this.id = id;
  }

  /**
   * Creates a segment, all zero; never takes one that is there.
   *
   * @param key not 0
   * @param sizeBytes 1 to {@link Limits#MAX_SIZE_BYTES}
   * @param mode permission bits; the umask has no say
   * @throws NativeCallException EEXIST, EINVAL (beyond kernel.shmmax), ENOSPC, ENOMEM
   */
  public static SysvObject createExclusively(int key, long sizeBytes, int mode) {
    int flags = SysvCalls.IPC_CREAT | SysvCalls.IPC_EXCL | Limits.checkMode(mode);
    return get(key, Limits.checkSize(sizeBytes), flags);
  }

  /**
   * Finds a segment that is there.
   *
   * @param minimumBytes 0 for any size
   * @throws NativeCallException ENOENT, EINVAL when it is smaller than that. Permissions are
   *     checked when it is attached.
   */
  public static SysvObject openExisting(int key, long minimumBytes) {
    return get(key, minimumBytes, 0);
  }

  /** A segment whose id is known. Whether it is there, its first use says. */
  public static SysvObject openById(int id) {
    return new SysvObject(0, id);
  }

  private static SysvObject get(int key, long sizeBytes, int flags) {
    return new SysvObject(key, SysvCalls.shmget(SysvKey.check(key), sizeBytes, flags));
  }

  /** The kernel's number of the segment, unique until it is removed. */
  public int id() {
    return id;
  }

  /**
   * IPC_STAT: size, owner and mode.
   *
   * @throws NativeCallException EACCES without permission to read it; it then names shmat, which
   *     would fail too, and the owner
   */
  public SysvStatus status() {
    try {
      return SysvCalls.status(id, this);
    } catch (NativeCallException failed) {
      throw failed.errno() == Errno.EACCES ? notPermitted() : failed;
    }
  }

  /**
   * shmat.
   *
   * @param sizeBytes the segment's size, see {@link #status}
   * @throws NativeCallException EACCES, naming the owner; EINVAL, EIDRM when it was removed
   */
  public SysvSegment attach(long sizeBytes, Access access) {
    long address;
    try {
      address = SysvCalls.shmat(id, access == Access.READ_ONLY ? SysvCalls.SHM_RDONLY : 0, this);
    } catch (NativeCallException failed) {
      throw failed.errno() == Errno.EACCES ? notPermitted() : failed;
    }
    return new SysvSegment(this, address, sizeBytes, access);
  }

  /**
   * IPC_RMID: the key is free at once, the memory when the last one has detached.
   *
   * @return false when it is not there any more
   * @throws NativeCallException EPERM
   */
  public boolean remove() {
    return SysvCalls.remove(id, this);
  }

  private NativeCallException notPermitted() {
    return new NativeCallException(
        "shmat",
        toString(),
        Errno.EACCES,
        SysvOwner.describe(id) + ": run as that user, or give the segment a wider mode");
  }

  /** What messages call it; made when there is a message. */
  @Override
  public String toString() {
    return (key == 0 ? "" : "key " + SysvKey.toString(key) + " ") + "id " + id;
  }
}
