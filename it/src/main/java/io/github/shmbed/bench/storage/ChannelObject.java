// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * A file by read and write. A POSIX object is one, too: in Java there is no other way to read(2)
 * from it.
 */
final class ChannelObject implements StoredObject {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(
          EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

  private final Way way;
  private final Path path;
  private final ByteBuffer source;
  private final ByteBuffer target;
  private final Set<OpenOption> opening =
      new HashSet<>(Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
  private final Set<OpenOption> creating;
  private FileChannel channel;
  private FileChannel held;
  private boolean named;

  ChannelObject(Way way, String path, int sizeBytes, Buffers buffers) {
    this.way = way;
    this.path = Path.of(path);
    source = buffers.source.slice(0, sizeBytes);
    target = buffers.target.slice(0, sizeBytes);
    if (way.isDirect()) {
      opening.add(ExtendedOpenOption.DIRECT);
    }
    creating = new HashSet<>(opening);
    creating.add(StandardOpenOption.CREATE_NEW);
  }

  @Override
  public void create() throws IOException {
    channel = FileChannel.open(path, creating, OWNER_ONLY);
    named = true;
  }

  @Override
  public void open() throws IOException {
    channel = FileChannel.open(path, opening);
  }

  @Override
  public void attach() {
    // nothing: read and write take the open channel
  }

  @Override
  public void write() throws IOException {
    source.clear();
    while (source.hasRemaining()) {
      channel.write(source, source.position());
    }
    if (way.isCold()) {
      channel.force(false);
    }
  }

  @Override
  public void read() throws IOException {
    target.clear();
    while (target.hasRemaining()) {
      if (channel.read(target, target.position()) < 0) {
        throw new EOFException(path + ": shorter than it was written");
      }
    }
  }

  @Override
  public void detach() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  @Override
  public void unname() throws IOException {
    held = FileChannel.open(path, opening);
    Files.delete(path);
    named = false;
  }

  @Override
  public void remove() throws IOException {
    detach();
    if (named) {
      Files.deleteIfExists(path);
      named = false;
    }
    if (held != null) {
      held.close();
      held = null;
    }
  }

  @Override
  public void chill() {
    int cold = StorageNatives.open(path.toString(), 0);
    try {
      StorageNatives.chill(cold, path.toString());
    } finally {
      StorageNatives.close(cold);
    }
  }
}
