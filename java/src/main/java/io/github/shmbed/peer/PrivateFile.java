// SPDX-License-Identifier: Apache-2.0
// Files for --out and --result: created new or truncated, mode 0600.
package io.github.shmbed.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** A file of mode 0600 that is being written. */
final class PrivateFile implements AutoCloseable {
  private final FileChannel channel;

  /**
   * Opens it. A regular file that was there gets mode 0600 too; a device or FIFO is left as it is.
   */
  PrivateFile(Path path) throws IOException {
    Set<PosixFilePermission> owner =
        EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    Set<StandardOpenOption> open =
        EnumSet.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    channel = FileChannel.open(path, open, PosixFilePermissions.asFileAttribute(owner));
    if (Files.isRegularFile(path)) {
      Files.setPosixFilePermissions(path, owner);
    }
  }

  void write(byte[] bytes, int length) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes, 0, length);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
