// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What processes hold open or mapped of the kinds that shared memory and channels are made of. */
public final class Handles {
  private Handles() {}

  /**
   * The descriptors and mappings of one process that can be a leak: {@code fd 7 -> /dev/shm/x},
   * {@code map /dev/shm/x}. Ordinary files, pipes and the like are not among them. Empty when the
   * process is gone or not ours to look at.
   */
  public static Set<String> of(long pid) {
    Set<String> handles = new TreeSet<>();
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors) {
        String target = target(descriptor);
        if (isWatched(target)) {
          handles.add("fd " + descriptor.getFileName() + " -> " + target);
        }
      }
    } catch (IOException gone) {
      return handles;
    }
    for (String mapped : mapped(pid)) {
      handles.add("map " + mapped);
    }
    return handles;
  }

  /**
   * Shared memory that a process has mapped: {@code /dev/shm/NAME}, {@code /SYSV<key> id N}, {@code
   * /memfd:..}.
   */
  public static Set<String> mapped(long pid) {
    List<String> lines;
    try {
      lines =
          Files.readAllLines(
              Path.of("/proc/" + pid + "/maps"), java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return Set.of();
    }
    Set<String> mapped = new TreeSet<>();
    for (String line : lines) {
      int path = line.indexOf('/');
      if (path < 0) {
        continue;
      }
      String target = line.substring(path);
      if (target.startsWith("/SYSV")) {
        // address perms offset device inode path; the inode of a System V mapping is the segment's
        // id
        mapped.add(
            target.substring(0, 13)
                + " id "
                + line.substring(0, path).trim().replaceAll(".* ", ""));
      } else if (target.startsWith("/dev/shm/") || target.startsWith("/memfd:")) {
        mapped.add(target);
      }
    }
    return mapped;
  }

  /** Who maps or holds open what, over all processes that this user may look at. */
  public static Map<String, Set<Long>> holders() throws IOException {
    Map<String, Set<Long>> holders = new HashMap<>();
    for (long pid : Proc.pids()) {
      for (String handle : of(pid)) {
        String object =
            handle.startsWith("map ")
                ? handle.substring(4)
                : handle.substring(handle.indexOf(" -> ") + 4);
        holders.computeIfAbsent(object, none -> new HashSet<>()).add(pid);
      }
    }
    return holders;
  }

  /** The name under which {@link #holders} has a POSIX object. */
  public static String key(PosixObject object) {
    return PosixObject.DIRECTORY + "/" + object.name();
  }

  /** The name under which {@link #holders} has a System V segment. */
  public static String key(SysvObject object) {
    return String.format("/SYSV%08x id %d", object.key(), object.id());
  }

  static boolean isWatched(String target) {
    return target.startsWith("/dev/shm/")
        || target.startsWith("/dev/mqueue/")
        || target.startsWith("/memfd:")
        || target.startsWith("socket:")
        || target.startsWith("anon_inode:[eventfd]")
        || target.startsWith("anon_inode:bpf") // a map, a program
        || Run.isChannelFile(target) // a fifo; a socket's descriptor does not show its name
        // a queue's descriptor shows the queue's name alone, since its file system need not be
        // mounted
        || target.startsWith("/shmbed-");
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closed) {
      return "";
    }
  }
}
