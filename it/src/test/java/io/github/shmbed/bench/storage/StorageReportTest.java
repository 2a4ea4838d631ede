// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Interval;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StorageReportTest {
  private final List<BenchRow> rows = new ArrayList<>();
  private final StorageReport report =
      new StorageReport(new Terminal(80, false, false), rows, List.of(4096L));

  @Test
  void mmapIsFasterSlowerOrNoDifferent() {
    row("c posix-rw", "read warm", 10, false);
    row("c posix-rw", "read first", 0.5, false);
    row("c posix-rw", "write warm", 1.01, true);
    List<String> lines = report.answers().lines().map(line -> line.replaceAll(" +", " ")).toList();
    assertEquals("C read, warm 10.0x faster", lines.get(1));
    assertEquals("C read, first touch 2.00x slower", lines.get(2));
    assertEquals("C write, warm no different", lines.get(3));
  }

  @Test
  void theNoiseIsTheLargestDifferenceOfTheControlToItself() {
    row("c posix-mmap (A/A)", "read warm", 1.02, true);
    row("c posix-mmap (A/A)", "write warm", 0.9, false);
    row("c posix-rw", "write warm", 3, false);
    assertEquals(
        "10 rounds. A/A: the control measured twice differs from itself by at most 10.0 % (write warm,"
            + " 4 KiB); 1 of 2 A/A rows say a difference.",
        report.noise().replace('\n', ' '));
  }

  @Test
  void aWayThatTheMachineDoesNotHaveHasNoLine() {
    row("c posix-mmap", "read warm", 1, false);
    row("c posix-mmap", "read first", 30, false);
    String tables = report.tables();
    assertTrue(tables.contains("POSIX shm, mmap  100n|3.00u"), tables);
    assertFalse(tables.contains("HUGETLB"), tables);
  }

  @Test
  void noLineIsWiderThanEightyColumns() {
    StorageReport wide =
        new StorageReport(
            new Terminal(80, false, false), rows, List.of(4096L, 65536L, 1L << 20, 64L << 20));
    for (Way way : Way.values()) {
      for (String state : List.of("warm", "first", "whole")) {
        for (long size : List.of(4096L, 65536L, 1L << 20, 64L << 20)) {
          rows.add(
              new BenchRow(
                  "storage",
                  "c " + way.id,
                  "read " + state,
                  Map.of("sizeBytes", size),
                  1,
                  1,
                  new Interval(88_800, 1, 1),
                  1,
                  null,
                  null,
                  false,
                  1,
                  state.equals("warm") ? 0 : 16_384,
                  0,
                  new Placement(List.of(0), true, false, false)));
        }
      }
    }
    assertFalse(wide.tables().contains("left out"), wide.tables());
    wide.tables().lines().forEach(line -> assertTrue(line.length() <= 80, line));
  }

  private void row(String variant, String stage, double ratio, boolean noDifference) {
    double ns = 100 * ratio;
    rows.add(
        new BenchRow(
            "storage",
            variant,
            stage,
            Map.of("sizeBytes", 4096L),
            10,
            10,
            new Interval(ns, ns, ns),
            ns,
            "c posix-mmap",
            new Interval(ratio, ratio, ratio),
            noDifference,
            1,
            0,
            0,
            new Placement(List.of(0), true, false, false)));
  }
}
