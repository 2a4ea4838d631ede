// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The CPUs that this process may use and which of them are one core, from /proc/self/status and
 * /sys/devices/system/cpu (Documentation/admin-guide/cputopology.rst of the kernel).
 */
public final class Cpus {
  private final Path system;
  private final TreeSet<Integer> allowed;

  /** Of this machine and this process. */
  public static Cpus ofThisProcess() throws IOException {
    return new Cpus(Path.of("/proc/self/status"), Path.of("/sys/devices/system/cpu"));
  }

  /** For tests: a status file and a folder in the form of the kernel's. */
  Cpus(Path status, Path system) throws IOException {
    this.system = system;
    allowed =
        parseList(
            Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1))
                .findFirst()
                .orElseThrow(() -> new IOException(status + ": no Cpus_allowed_list")));
  }

  public Set<Integer> allowed() {
    return new TreeSet<>(allowed);
  }

  /** The CPUs of one core, itself among them; itself alone where the kernel does not say. */
  public Set<Integer> siblings(int cpu) throws IOException {
    Path file = system.resolve("cpu" + cpu + "/topology/thread_siblings_list");
    return Files.isReadable(file) ? parseList(Files.readString(file)) : new TreeSet<>(Set.of(cpu));
  }

  /** Not bound to anything. */
  public Placement unpinned() throws IOException {
    return placement(List.copyOf(allowed), false);
  }

  /**
   * One CPU for each of some processes that are measured together: different cores as far as there
   * are some, then SMT siblings. When there are fewer CPUs than processes the placement is not
   * pinned.
   */
  public Placement pin(int processes) throws IOException {
    if (processes < 1) {
      throw new IllegalArgumentException("at least one process: " + processes);
    }
    if (processes > allowed.size()) {
      return unpinned();
    }
    List<Integer> chosen = new ArrayList<>();
    Set<Integer> taken = new TreeSet<>();
    for (int cpu : allowed) {
      if (chosen.size() < processes && !taken.contains(cpu)) {
        chosen.add(cpu);
        taken.addAll(siblings(cpu));
      }
    }
    for (int cpu : allowed) {
      if (chosen.size() < processes && !chosen.contains(cpu)) {
        chosen.add(cpu);
      }
    }
    return placement(chosen, true);
  }

  /**
   * The command line that runs a command bound to one CPU (taskset(1) calls sched_setaffinity(2)
   * and then is the command).
   */
  public static List<String> pinned(int cpu, List<String> command) {
    List<String> line = new ArrayList<>(List.of("taskset", "-c", Integer.toString(cpu)));
    line.addAll(command);
    return line;
  }

  private Placement placement(List<Integer> cpus, boolean pinned) throws IOException {
    boolean smt = false;
    boolean sharedCore = false;
    for (int cpu : cpus) {
      Set<Integer> core = siblings(cpu);
      smt |= core.size() > 1;
      sharedCore |= cpus.stream().anyMatch(other -> other != cpu && core.contains(other));
    }
    return new Placement(cpus, pinned, smt, sharedCore);
  }

  /** A list as the kernel writes it: {@code 0-2,5}. */
  static TreeSet<Integer> parseList(String text) {
    TreeSet<Integer> cpus = new TreeSet<>();
    for (String range : text.strip().split(",")) {
      String[] ends = range.split("-");
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
        cpus.add(cpu);
      }
    }
    return cpus;
  }
}
