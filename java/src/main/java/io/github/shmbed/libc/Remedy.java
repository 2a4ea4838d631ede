// SPDX-License-Identifier: Apache-2.0
// What to do about a failed call: one line per call and errno that people really meet.
package io.github.shmbed.libc;

/** Remedies for failed calls; the causes are those of the calls' man pages. */
final class Remedy {
  private Remedy() {}

  static String of(String call, int errno) {
    String remedy = specific(call, errno);
    return remedy != null ? remedy : general(errno);
  }

  private static String specific(String call, int errno) {
    switch (call) {
      case "shm_open":
        return shmOpen(errno);
      case "shm_unlink":
        return errno == Errno.ENOENT
            ? "no segment of that name: somebody has removed it already"
            : null;
      case "ftok":
        return "the key file cannot be read: name one that exists with --key-file, or the key itself with --key";
      case "shmget":
        return shmget(errno);
      case "shmat":
        return shmat(errno);
      case "shmctl":
        return errno == Errno.EPERM
            ? "only the owner, the creator and root may remove or change it: see `ipcs -m`"
            : null;
      case "ftruncate":
        return errno == Errno.EFBIG
            ? "larger than this process's file size limit (`ulimit -f`)"
            : errno == Errno.EINVAL
                ? "the size is negative, or the object was opened for reading only"
                : null;
      case "posix_fallocate":
        return errno == Errno.EFBIG
            ? "larger than this process's file size limit (`ulimit -f`)"
            : null;
      case "mmap":
        return errno == Errno.ENODEV
            ? "not a regular shared memory object: remove what lies under that name"
            : null;
      default:
        return null;
    }
  }

  private static String shmOpen(int errno) {
    switch (errno) {
      case Errno.ENOENT:
        return "no segment of that name: start the writer first; ./shmbed ls shows what is there";
      case Errno.EEXIST:
        return "a segment of that name is already there: run a reader, or remove it with ./shmbed clean";
      case Errno.ELOOP:
        return "a symbolic link lies under that name: remove it from /dev/shm";
      case Errno.EISDIR:
        return "a directory lies under that name: remove it from /dev/shm";
      default:
        return null;
    }
  }

  private static String shmget(int errno) {
    switch (errno) {
      case Errno.ENOENT:
        return "no segment with that key in this IPC namespace: start the writer first; ./shmbed ls shows what is there";
      case Errno.EEXIST:
        return "a segment with that key is already there: run a cleaner, or remove it with `ipcrm -M`";
      case Errno.EINVAL:
        return "the segment that is there is smaller than the size asked for, or the size is beyond kernel.shmmax";
      case Errno.ENOSPC:
        return "too many segments or too much memory in them: see `ipcs -lm` (kernel.shmmni, kernel.shmall)";
      default:
        return null;
    }
  }

  private static String shmat(int errno) {
    switch (errno) {
      case Errno.EACCES:
        return "the segment belongs to another user and its mode does not let you in: see `ipcs -m`";
      case Errno.EINVAL:
      case Errno.EIDRM:
        return "the segment was removed meanwhile: start the writer again";
      default:
        return null;
    }
  }

  private static String general(int errno) {
    switch (errno) {
      case Errno.EACCES:
      case Errno.EPERM:
        return "not permitted: see the object's owner and mode with ./shmbed ls";
      case Errno.ENOSPC:
        return "/dev/shm is full: free some (`df -h /dev/shm`), or give the container more with --shm-size";
      case Errno.ENOMEM:
        return "not enough memory or address space";
      case Errno.EMFILE:
        return "this process has too many open files: raise `ulimit -n`";
      case Errno.ENFILE:
        return "the machine has too many open files: see fs.file-max";
      case Errno.ENAMETOOLONG:
        return "the name is too long: at most 255 bytes after the slash";
      case Errno.ENOENT:
        return "it is not there";
      case Errno.EEXIST:
        return "it is already there";
      case Errno.EINVAL:
        return "an argument is out of range";
      default:
        return "see the man page of the call";
    }
  }
}
