// SPDX-License-Identifier: Apache-2.0
// What fstat tells about an open object, as far as shared memory needs it.
package io.github.shmbed.libc;

/**
 * Size, owner and kind of an open object (inode(7)).
 *
 * @param sizeBytes its size
 * @param ownerUid its owner
 * @param mode its type and permission bits, st_mode
 */
public record FileStatus(long sizeBytes, int ownerUid, int mode) {
  private static final int S_IFMT = 0170000;
  private static final int S_IFREG = 0100000;

  /** Whether it is a regular file, which every shared memory object is. */
  public boolean isRegularFile() {
    return (mode & S_IFMT) == S_IFREG;
  }

  /** The permission bits alone, such as 0600. */
  public int permissions() {
    return mode & 07777;
  }
}
