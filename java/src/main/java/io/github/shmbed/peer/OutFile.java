// SPDX-License-Identifier: Apache-2.0
// --out of a framed reader: everything that was read, in order; gone again if the command fails.
package io.github.shmbed.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file, or nothing where no {@code --out} was given. Not for measured code, but cheap when
 * there is no file.
 */
final class OutFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Path path;
  private final PrivateFile file;
  private final byte[] buffer;
  private int buffered;
  private boolean complete;

  /** Opens it; null for nowhere. */
  OutFile(Path path) throws IOException {
    this.path = path;
    this.file = path == null ? null : new PrivateFile(path);
    this.buffer = new byte[path == null ? 0 : BUFFER_BYTES];
  }

  void append(byte[] bytes, int length) throws IOException {
    if (file == null) {
      return;
    }
    if (length > buffer.length - buffered) {
      flush();
    }
    if (length > buffer.length) {
      file.write(bytes, length);
    } else {
      System.arraycopy(bytes, 0, buffer, buffered, length);
      buffered += length;
    }
  }

  /** Everything is in it: it stays. */
  void complete() throws IOException {
    if (file != null) {
      flush();
    }
    complete = true;
  }

  private void flush() throws IOException {
    file.write(buffer, buffered);
    buffered = 0;
  }

  @Override
  public void close() throws IOException {
    if (file == null) {
      return;
    }
    file.close();
    if (!complete && Files.isRegularFile(path)) {
      Files.delete(path);
    }
  }
}
