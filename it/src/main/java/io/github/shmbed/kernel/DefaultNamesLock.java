// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

/**
 * The machine-wide lock on the default names: whoever runs a cell at them holds it. The file stays;
 * it is opened without O_CREAT first, since O_CREAT on another user's file in /tmp is EACCES where
 * fs.protected_regular is set (Documentation/admin-guide/sysctl/fs.rst).
 */
public final class DefaultNamesLock implements AutoCloseable {
  private static final Path FILE = Path.of("/tmp/shmbed-default-names.lock");

  /** Threads of one process: a file lock is the process's. */
  private static final java.util.concurrent.locks.ReentrantLock PROCESS =
      new java.util.concurrent.locks.ReentrantLock();

  private final FileChannel channel;

  private DefaultNamesLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @throws IOException when it is not free within the time, or the file cannot be opened
   */
  public static DefaultNamesLock acquire(Duration wait) throws IOException {
    PROCESS.lock();
    FileChannel channel = null;
    try {
      channel = open();
      long end = System.nanoTime() + wait.toNanos();
      while (true) {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return new DefaultNamesLock(channel);
        }
        if (System.nanoTime() >= end) {
          throw new IOException(
              "another run holds the default names ("
                  + FILE
                  + ") for more than "
                  + wait.toSeconds()
                  + " s");
        }
        Thread.sleep(2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      release(channel);
      throw new IOException("interrupted while waiting for " + FILE, e);
    } catch (IOException e) {
      release(channel);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    release(channel);
  }

  private static void release(FileChannel channel) throws IOException {
    PROCESS.unlock();
    if (channel != null) {
      channel.close();
    }
  }

  private static FileChannel open() throws IOException {
    try {
      return FileChannel.open(FILE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException none) {
      try {
        FileChannel made =
            FileChannel.open(FILE, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
        // after the umask: every user of the machine takes this lock
        Files.setPosixFilePermissions(FILE, PosixFilePermissions.fromString("rw-rw-rw-"));
        return made;
      } catch (FileAlreadyExistsException another) {
        return FileChannel.open(FILE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }
}
