// SPDX-License-Identifier: Apache-2.0
// A POSIX shared memory object that is open but not attached: creation and opening in single steps.
package io.github.shmbed.segment;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileStatus;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;

/**
 * An open POSIX shared memory object (shm_overview(7)), before it is attached. {@link PosixSegment}
 * does these steps in one call; use this class where each has to be timed, or left out.
 *
 * <p>Not thread-safe. Close it after {@link #attach}: the mapping does not need the descriptor.
 */
public final class PosixObject implements AutoCloseable {
  private final PosixName name;
  private int fd;

  private PosixObject(PosixName name, int fd) {
    this.name = name;
    this.fd = fd;
  }

  /**
   * Creates an object of size 0; never takes one that is there.
   *
   * @param name see {@link PosixName#normalise}
   * @param mode permission bits, subject to the umask; {@link #setMode} makes them exact
   * @throws NativeCallException EEXIST, EACCES, EMFILE, ...
   */
  public static PosixObject createExclusively(String name, int mode) {
    return createExclusively(PosixName.of(name), mode);
  }

  /** The same with a name that was made before. */
  public static PosixObject createExclusively(PosixName name, int mode) {
    return open(
        name, PosixCalls.O_CREAT | PosixCalls.O_EXCL | PosixCalls.O_RDWR, Limits.checkMode(mode));
  }

  /**
   * Opens an object that is there; never creates one.
   *
   * @throws NativeCallException ENOENT, EACCES, ELOOP (a symbolic link lies there), ...
   */
  public static PosixObject openExisting(String name, Access access) {
    return openExisting(PosixName.of(name), access);
  }

  /** The same with a name that was made before. */
  public static PosixObject openExisting(PosixName name, Access access) {
    int flags = access == Access.READ_ONLY ? PosixCalls.O_RDONLY : PosixCalls.O_RDWR;
    // O_NONBLOCK: a FIFO planted under the name would otherwise hold us for ever.
    return open(name, flags | PosixCalls.O_NONBLOCK, 0);
  }

  private static PosixObject open(PosixName name, int flags, int mode) {
    return new PosixObject(name, PosixCalls.shmOpen(name.cString(), flags, mode, name));
  }

  /**
   * Removes the name. Who has the object attached keeps it.
   *
   * @return false when nothing of that name is there
   * @throws NativeCallException EACCES (another user's), ...
   */
  public static boolean unlink(String name) {
    return unlink(PosixName.of(name));
  }

  /** The same with a name that was made before. */
  public static boolean unlink(PosixName name) {
    return PosixCalls.shmUnlink(name.cString(), name);
  }

  /** The name with its leading slash. */
  public String name() {
    return name.toString();
  }

  /** fchmod: the exact permission bits, whatever the umask. */
  public void setMode(int mode) {
    PosixCalls.fchmod(descriptor(), Limits.checkMode(mode), name);
  }

  /**
   * ftruncate: sets the size. New bytes read as 0; they take no memory before they are touched or
   * reserved.
   */
  public void resize(long sizeBytes) {
    PosixCalls.ftruncate(descriptor(), Limits.checkSize(sizeBytes), name);
  }

  /**
   * posix_fallocate: takes the memory of the first bytes now.
   *
   * @throws NativeCallException ENOSPC when /dev/shm has not that much left (without this call:
   *     SIGBUS at the first touch)
   */
  public void reserve(long bytes) {
    PosixCalls.posixFallocate(descriptor(), bytes, name);
  }

  /** fstat: size, owner and mode. */
  public FileStatus status() {
    return PosixCalls.fstat(descriptor(), name);
  }

  /**
   * The size of what is there, if it is something to attach.
   *
   * @throws NativeCallException EINVAL when it is not a regular file, or its size is still 0
   */
  public long sizeToAttach() {
    return sizeToAttach(status());
  }

  /** The same, of a status that was read before. */
  public long sizeToAttach(FileStatus status) {
    if (!status.isRegularFile()) {
      throw new NativeCallException(
          "fstat",
          name.toString(),
          Errno.EINVAL,
          "not a shared memory object: remove what lies under that name in /dev/shm");
    }
    if (status.sizeBytes() < 1) {
      throw new NativeCallException(
          "fstat",
          name.toString(),
          Errno.EINVAL,
          "its size is 0: its writer has not sized it yet, or died; start the writer again");
    }
    return status.sizeBytes();
  }

  /**
   * mmap, shared, from offset 0.
   *
   * @param sizeBytes how much; beyond the object's end an access is a fault
   */
  public PosixSegment attach(long sizeBytes, Access access) {
    int protection =
        access == Access.READ_ONLY
            ? PosixCalls.PROT_READ
            : PosixCalls.PROT_READ | PosixCalls.PROT_WRITE;
    long address = PosixCalls.mmap(descriptor(), Limits.checkSize(sizeBytes), protection, name);
    return new PosixSegment(name, address, sizeBytes, access);
  }

  /** Closes the descriptor, not the object nor what is attached. A second time does nothing. */
  @Override
  public void close() {
    if (fd >= 0) {
      PosixCalls.close(fd);
      fd = -1;
    }
  }

  private int descriptor() {
    if (fd < 0) {
      throw new IllegalStateException("shared memory object " + name + " is closed");
    }
    return fd;
  }
}
