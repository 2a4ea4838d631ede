// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One entry of /dev/shm: a segment, or a named semaphore ("sem." before its name).
 *
 * @param name without a slash
 * @param inode tells an object from a later one of the same name
 */
public record PosixObject(
    String name, long inode, long sizeBytes, int mode, int uid, FileTime changed) {
  /** Where Linux keeps them; shm_overview(7). */
  public static final Path DIRECTORY = Path.of("/dev/shm");

  /** All entries; subdirectories are nobody's segment and left out. */
  public static List<PosixObject> all() throws IOException {
    List<PosixObject> objects = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(DIRECTORY)) {
      for (Path entry : entries) {
        PosixObject object = read(entry);
        if (object != null) {
          objects.add(object);
        }
      }
    }
    return objects;
  }

  /** The object of this name, with or without its slash; null when there is none. */
  public static PosixObject find(String name) throws IOException {
    return read(path(name));
  }

  /** Where the object's bytes can be read. */
  public static Path path(String name) {
    return DIRECTORY.resolve(name.startsWith("/") ? name.substring(1) : name);
  }

  private static PosixObject read(Path entry) throws IOException {
    try {
      Map<String, Object> stat =
          Files.readAttributes(
              entry, "unix:ino,size,mode,uid,ctime,isDirectory", LinkOption.NOFOLLOW_LINKS);
      return (Boolean) stat.get("isDirectory")
          ? null
          : new PosixObject(
              entry.getFileName().toString(),
              (Long) stat.get("ino"),
              (Long) stat.get("size"),
              (Integer) stat.get("mode") & 07777,
              (Integer) stat.get("uid"),
              (FileTime) stat.get("ctime"));
    } catch (NoSuchFileException gone) {
      return null;
    }
  }
}
