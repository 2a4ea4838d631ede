// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was there at one moment.
 *
 * @param posix entries of /dev/shm
 * @param sysv entries of /proc/sysvipc
 * @param queues names of POSIX message queues
 * @param files names in the run's directory for sockets and fifos
 * @param bpf maps, programs and pins of the channel skmsg
 * @param handles shared memory descriptors and mappings of the peers, by pid
 */
public record Snapshot(
    List<PosixObject> posix,
    List<SysvObject> sysv,
    Set<String> queues,
    Set<String> files,
    Set<String> bpf,
    Map<Long, Set<String>> handles) {

  /**
   * Looks now.
   *
   * @param run whose objects count
   * @param pids the peers to look into
   */
  static Snapshot take(Run run, Collection<Long> pids) throws IOException {
    Map<Long, Set<String>> handles = new HashMap<>();
    for (long pid : pids) {
      handles.put(pid, Handles.of(pid));
    }
    return new Snapshot(
        PosixObject.all(),
        SysvObject.all(),
        Queues.names(run.queues()),
        names(run.channels()),
        run.bpfObjects(),
        handles);
  }

  private static Set<String> names(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        names.add(entry.getFileName().toString());
      }
    } catch (NoSuchFileException none) {
      return names;
    }
    return names;
  }
}
