// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpusTest {
  @TempDir Path folder;

  @Test
  void listsOfTheKernelAreRead() {
    assertEquals(Set.of(0, 1, 2, 5, 8, 9), Cpus.parseList(" 0-2,5,8-9\n"));
  }

  @Test
  void differentCoresComeFirst() throws IOException {
    Cpus cpus = machine("0-3", "0,2", "1,3", "0,2", "1,3");
    assertEquals(new Placement(List.of(0, 1), true, true, false), cpus.pin(2));
  }

  @Test
  void siblingsComeWhenCoresRunOut() throws IOException {
    Cpus cpus = machine("0-3", "0-1", "0-1", "2-3", "2-3");
    assertEquals(new Placement(List.of(0, 2, 1), true, true, true), cpus.pin(3));
  }

  @Test
  void twoProcessesOnOneCpuAreNotPinned() throws IOException {
    assertEquals(new Placement(List.of(1), false, false, false), machine("1", "0", "1").pin(2));
  }

  @Test
  void onlyAllowedCpusAreChosen() throws IOException {
    Cpus cpus = machine("1,3", "0-1", "0-1", "2-3", "2-3");
    assertEquals(new Placement(List.of(1, 3), true, true, false), cpus.pin(2));
    assertFalse(cpus.unpinned().pinned());
  }

  @Test
  void thePlacementCanBeReadAloud() {
    assertEquals(
        "pinned to CPU 0 and 1, no SMT",
        new Placement(List.of(0, 1), true, false, false).toString());
    assertEquals(
        "not pinned, CPUs 0, 1 and 2, SMT",
        new Placement(List.of(0, 1, 2), false, true, false).toString());
    assertEquals(
        "pinned to CPU 0 and 4, one core (SMT)",
        new Placement(List.of(0, 4), true, true, true).toString());
  }

  @Test
  void aPinnedCommandRunsOnItsCpu() throws IOException, InterruptedException {
    int cpu =
        Cpus.ofThisProcess().allowed().stream().reduce((first, second) -> second).orElseThrow();
    Process process =
        new ProcessBuilder(
                Cpus.pinned(cpu, List.of("grep", "Cpus_allowed_list", "/proc/self/status")))
            .start();
    String status = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor());
    assertTrue(status.strip().endsWith("\t" + cpu), status);
  }

  private Cpus machine(String allowed, String... siblings) throws IOException {
    Path status =
        Files.writeString(
            folder.resolve("status"),
            "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t" + allowed + "\n");
    for (int cpu = 0; cpu < siblings.length; cpu++) {
      Path topology = Files.createDirectories(folder.resolve("cpu" + cpu + "/topology"));
      Files.writeString(topology.resolve("thread_siblings_list"), siblings[cpu] + "\n");
    }
    return new Cpus(status, folder);
  }
}
