// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.stream.Collectors;

/** Binds processes that run already to CPUs: taskset(1), which calls sched_setaffinity(2). */
public final class Affinity {
  private Affinity() {}

  /**
   * Binds all threads of a process; threads that they start later inherit it.
   *
   * @throws IOException when the process is gone, when it belongs to somebody else, or when there
   *     is no taskset
   */
  public static void set(long pid, Collection<Integer> cpus) throws IOException {
    String list = cpus.stream().map(String::valueOf).collect(Collectors.joining(","));
    Process process =
        new ProcessBuilder("taskset", "-a", "-p", "-c", list, Long.toString(pid))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(
            "cannot bind process " + pid + " to CPU " + list + " (--no-pin): " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while process " + pid + " was bound", e);
    }
  }
}
