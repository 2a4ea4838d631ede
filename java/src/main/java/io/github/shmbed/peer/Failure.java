// SPDX-License-Identifier: Apache-2.0
// Whatever ended a command, in the result object's words: call, object, errno, message.
package io.github.shmbed.peer;

import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * The error of a failed command (peers/CONTRACT.md, section 5).
 *
 * @param rule which rule of the contract, null for a system call
 */
record Failure(String call, String object, String errno, String rule, String message) {

  static Failure of(NativeCallException failed) {
    return new Failure(
        failed.call(), failed.object(), failed.errnoName(), null, failed.getMessage());
  }

  static Failure of(LayoutException broken) {
    return new Failure(
        broken.part(), broken.object(), broken.errnoName(), broken.rule(), broken.getMessage());
  }

  /** A file of ours (payload, out): Java tells the kind of failure by the exception's class. */
  static Failure of(IOException failed) {
    String object = "file";
    String errno = "EIO";
    String remedy = String.valueOf(failed.getMessage());
    if (failed instanceof FileSystemException) {
      FileSystemException file = (FileSystemException) failed;
      object = String.valueOf(file.getFile());
      remedy = file.getReason() == null ? "check the path" : file.getReason();
    }
    if (failed instanceof NoSuchFileException) {
      errno = Errno.name(Errno.ENOENT);
      remedy = "no such file or folder";
    } else if (failed instanceof AccessDeniedException) {
      errno = Errno.name(Errno.EACCES);
      remedy = "this user may not open it";
    } else if ("Is a directory".equals(remedy)) {
      errno = Errno.name(Errno.EISDIR);
    }
    return new Failure(
        "open", object, errno, null, "open " + object + ": " + errno + " (" + remedy + ")");
  }
}
