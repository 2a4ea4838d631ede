// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.MqCalls;
import io.github.shmbed.libc.NativeCallException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * POSIX message queues (mq_overview(7)). They can be listed only where their file system is
 * mounted; elsewhere a queue is found by asking for its name.
 */
final class Queues {
  private static final Path DIRECTORY = Path.of("/dev/mqueue");

  /** What the contract appends to the name of a channel posix-mq, one for each direction. */
  private static final List<String> DIRECTIONS = List.of(".r", ".w");

  /** More cells than one run has. */
  private static final int MOST_NUMBERS = 10_000;

  private Queues() {}

  /** The two queues of a channel at a POSIX name. */
  static List<String> ofChannel(String name) {
    return DIRECTIONS.stream().map(name::concat).toList();
  }

  /**
   * Names without their slash: all there are, or, where nobody can list them, those of the
   * candidates that are there.
   */
  static Set<String> names(Collection<String> candidates) throws IOException {
    Set<String> names = new TreeSet<>();
    if (isMounted()) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(DIRECTORY)) {
        entries.forEach(entry -> names.add(entry.getFileName().toString()));
      }
    } else {
      candidates.stream()
          .filter(Queues::exists)
          .map(candidate -> candidate.substring(1))
          .forEach(names::add);
    }
    return names;
  }

  /** Names that a run may have used, where nobody can list them. */
  static List<String> candidates(RunId run) throws IOException {
    List<String> candidates = new ArrayList<>();
    boolean mounted = isMounted();
    for (int n = 0; n < MOST_NUMBERS && !mounted; n++) {
      candidates.addAll(ofChannel(run.posixName(n)));
    }
    return candidates;
  }

  /** Removes a queue by its name without the slash; one that is gone is no error. */
  static void remove(String name) {
    MqCalls.unlink("/" + name);
  }

  private static boolean exists(String name) {
    try {
      MqCalls.close(MqCalls.open(name, true));
      return true;
    } catch (NativeCallException e) {
      return e.errno() != Errno.ENOENT && e.errno() != Errno.ENOSYS;
    }
  }

  private static boolean isMounted() throws IOException {
    return Files.isDirectory(DIRECTORY) && Files.getFileStore(DIRECTORY).type().equals("mqueue");
  }
}
