// SPDX-License-Identifier: Apache-2.0
// A System V segment: shmget, shmat behind three factories.
package io.github.shmbed.segment;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.SysvCalls;

/** An attached System V shared memory segment (sysvipc(7)): a row of {@code ipcs -m}. */
public final class SysvSegment extends Segment {
  SysvSegment(SysvObject object, long address, long sizeBytes, Access access) {
    super(object, address, sizeBytes, access);
  }

  /**
   * Creates a segment and attaches it for reading and writing. What it had created before a failure
   * it removes again.
   *
   * @param key from {@link SysvKey#ftok} or any number but 0
   * @param sizeBytes 1 to {@link Limits#MAX_SIZE_BYTES}; all zero at first
   * @param mode permission bits such as 0600
   * @throws NativeCallException EEXIST when the key is taken, EINVAL beyond kernel.shmmax, ...
   * @throws IllegalArgumentException for a key, size or mode out of range
   */
  public static SysvSegment createExclusively(int key, long sizeBytes, int mode) {
    SysvObject object = SysvObject.createExclusively(key, sizeBytes, mode);
    try {
      return object.attach(sizeBytes, Access.READ_WRITE);
    } catch (RuntimeException failed) {
      object.remove();
      throw failed;
    }
  }

  /**
   * Attaches the segment of a key.
   *
   * @throws NativeCallException ENOENT when there is none, EACCES (naming the owner) when its mode
   *     does not let us in, ...
   */
  public static SysvSegment openExisting(int key, Access access) {
    return attach(SysvObject.openExisting(key, 0), access);
  }

  /**
   * Attaches a segment by its id, the number in the second column of {@code ipcs -m}.
   *
   * @throws NativeCallException EINVAL when there is none, EACCES (naming the owner), ...
   */
  public static SysvSegment openById(int id, Access access) {
    return attach(SysvObject.openById(id), access);
  }

  /**
   * Removes the segment of a key. Who has it attached keeps it.
   *
   * @return false when there is none
   * @throws NativeCallException EPERM (another user's)
   */
  public static boolean remove(int key) {
    try {
      return SysvObject.openExisting(key, 0).remove();
    } catch (NativeCallException failed) {
      if (failed.errno() == Errno.ENOENT) {
        return false;
      }
      throw failed;
    }
  }

  /**
   * Removes a segment by its id. Who has it attached keeps it.
   *
   * @return false when there is none
   * @throws NativeCallException EPERM (another user's)
   */
  public static boolean removeById(int id) {
    return SysvObject.openById(id).remove();
  }

  private static SysvSegment attach(SysvObject object, Access access) {
    return object.attach(object.status().sizeBytes(), access);
  }

  @Override
  void detach(long address, long sizeBytes) {
    SysvCalls.shmdt(address, this);
  }
}
