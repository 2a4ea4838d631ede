// SPDX-License-Identifier: Apache-2.0
// Whatever ended a command, in the result object's words: call, object, errno, message.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Stage;
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
 * @param stage where a deadline passed, null for any other failure
 */
record Failure(String call, String object, String errno, String rule, Stage stage, String message) {

  /** A failed system call; {@code current} is the stage that it was in. */
  static Failure of(NativeCallException failed, Stage current) {
    Stage stage = failed.errno() == Errno.ETIMEDOUT ? current : null;
    return new Failure(
        failed.call(), failed.object(), failed.errnoName(), null, stage, failed.getMessage());
  }

  /** The Java heap was too small for what was asked for. */
  static Failure outOfMemory() {
    String errno = Errno.name(Errno.ENOMEM);
    String message = "malloc Java heap: " + errno + " (start the JVM with a larger -Xmx)";
    return new Failure("malloc", "Java heap", errno, null, null, message);
  }

  static Failure of(LayoutException broken) {
    return new Failure(
        broken.part(),
        broken.object(),
        broken.errnoName(),
        broken.rule(),
        null,
        broken.getMessage());
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
        "open", object, errno, null, null, "open " + object + ": " + errno + " (" + remedy + ")");
  }
}
