// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import io.github.shmbed.segment.SysvSegment;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Removes kernel objects by what a listing said about them. What is gone already is no error. */
public final class Removal {
  private Removal() {}

  /**
   * Unlinks an entry of /dev/shm; that is what {@code shm_unlink} and {@code sem_unlink} do on
   * Linux.
   */
  public static void posix(PosixObject object) throws IOException {
    Files.deleteIfExists(PosixObject.path(object.name()));
  }

  /** Removes a segment, a semaphore set or a queue by its id. */
  public static void sysv(SysvObject object) throws IOException {
    if (object.kind() == SysvObject.Kind.SHM) {
      SysvSegment.removeById(object.id());
      return;
    }
    String option = object.kind() == SysvObject.Kind.SEM ? "-s" : "-q";
    Process ipcrm =
        new ProcessBuilder(List.of("ipcrm", option, Integer.toString(object.id())))
            .redirectErrorStream(true)
            .start();
    ipcrm.getOutputStream().close();
    String said =
        new String(ipcrm.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
            .trim();
    try {
      if (ipcrm.waitFor() != 0) {
        throw new IOException(said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while removing " + object.describe(), e);
    }
  }

  /** Removes a directory with all in it, never following a link. */
  public static void tree(Path directory) throws IOException {
    if (!Files.exists(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
