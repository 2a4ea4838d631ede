// SPDX-License-Identifier: Apache-2.0
// A POSIX segment: shm_open, ftruncate, mmap behind two factories.
package io.github.shmbed.segment;

import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;

/** An attached POSIX shared memory object (shm_overview(7)): {@code /dev/shm/NAME}. */
public final class PosixSegment extends Segment {
  PosixSegment(PosixName name, long address, long sizeBytes, Access access) {
    super(name, address, sizeBytes, access);
  }

  /**
   * Creates a segment, takes its memory and attaches it for reading and writing. What it had
   * created before a failure it removes again.
   *
   * @param name see {@link PosixName#normalise}
   * @param sizeBytes 1 to {@link Limits#MAX_SIZE_BYTES}; all zero at first
   * @param mode permission bits such as 0600, exact whatever the umask
   * @throws NativeCallException EEXIST when the name is taken, ENOSPC when /dev/shm is too small,
   *     ...
   * @throws IllegalArgumentException for a name, size or mode out of range
   */
  public static PosixSegment createExclusively(String name, long sizeBytes, int mode) {
    Limits.checkSize(sizeBytes);
    try (PosixObject object = PosixObject.createExclusively(name, mode)) {
      try {
        object.setMode(mode);
        object.resize(sizeBytes);
        object.reserve(sizeBytes);
        return object.attach(sizeBytes, Access.READ_WRITE);
      } catch (RuntimeException failed) {
        unlink(name);
        throw failed;
      }
    }
  }

  /**
   * Attaches the whole of a segment that is there.
   *
   * @throws NativeCallException ENOENT when there is none, EACCES when its mode does not let us in,
   *     ...
   */
  public static PosixSegment openExisting(String name, Access access) {
    try (PosixObject object = PosixObject.openExisting(name, access)) {
      return object.attach(object.sizeToAttach(), access);
    }
  }

  /**
   * Removes the name. Who has the segment attached keeps it.
   *
   * @return false when nothing of that name is there
   * @throws NativeCallException EACCES (another user's), ...
   */
  public static boolean unlink(String name) {
    return PosixObject.unlink(name);
  }

  @Override
  void detach(long address, long sizeBytes) {
    PosixCalls.munmap(address, sizeBytes, object());
  }
}
