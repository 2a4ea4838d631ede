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
    List<String> lines =
        report.comparison().lines().map(line -> line.replaceAll(" +", " ")).toList();
    assertEquals("C read, warm 10.0x faster", lines.get(1));
    assertEquals("C read, first touch 2.00x slower", lines.get(2));
    assertEquals("C write, warm no different", lines.get(3));
  }

  @Test
  void aWarmMappingIsExpectedAheadAndAColdOneBehind() {
    row("c posix-mmap", "read warm", 1, true);
    row("c posix-rw", "read warm", 10, false);
    row("c posix-mmap", "read first", 1, true);
    row("c posix-rw", "read first", 0.5, false);
    List<Map<String, Object>> answers = report.answers();
    assertEquals(
        List.of(
            "C read, warm: mmap is ahead of calls at every size",
            "C read, first touch: mmap is behind calls at every size"),
        answers.stream().map(answer -> answer.get("text")).toList());
    answers.forEach(answer -> assertEquals(true, answer.get("asExpected")));
    Map<?, ?> size = (Map<?, ?>) ((List<?>) answers.get(0).get("sizes")).get(0);
    assertEquals(4096L, size.get("sizeBytes"));
    assertEquals(10.0, size.get("callsToMmap"));
  }

  @Test
  void whatIsNotExpectedIsExplainedByItsFaults() {
    StorageReport two =
        new StorageReport(new Terminal(80, false, false), rows, List.of(4096L, 1L << 20));
    row("java posix-mmap", "write first", 4096, 1, true, 1, 10);
    row("java posix-rw", "write first", 4096, 0.5, false, 0, 10);
    row("java posix-mmap", "write first", 1 << 20, 1, true, 16, 10);
    row("java posix-rw", "write first", 1 << 20, 1.25, false, 0, 10);
    Map<String, Object> answer = two.answers().get(0);
    assertEquals(false, answer.get("asExpected"));
    assertEquals(
        "Java write, first touch: mmap is behind calls, but not everywhere: 1 MiB (1.25x faster; a copy of 256"
            + " pages faults 16 times, by calls 0 times; fault-around: one fault maps 16 pages)",
        answer.get("text"));
  }

  @Test
  void noDifferenceIsNotAsExpectedAndTooFewRoundsAreNoAnswer() {
    row("c posix-mmap", "read warm", 1, true);
    row("c posix-rw", "read warm", 1.3, true);
    row("c posix-mmap", "write warm", 4096, 1, true, 0, 3);
    row("c posix-rw", "write warm", 4096, 10, true, 0, 3);
    List<Map<String, Object>> answers = report.answers();
    assertEquals(1, answers.size());
    assertEquals(
        "C read, warm: mmap is ahead of calls at no size: 4 KiB (no different; a copy of 1 page faults 0 times,"
            + " by calls 0 times)",
        answers.get(0).get("text"));
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
    assertEquals(
        1,
        wide.tables().lines().filter(line -> line.startsWith("whole, in C")).count(),
        "columns that do not fit would come below");
    wide.tables().lines().forEach(line -> assertTrue(line.length() <= 80, line));
  }

  private void row(String variant, String stage, double ratio, boolean noDifference) {
    row(variant, stage, 4096, ratio, noDifference, 0, 10);
  }

  private void row(
      String variant,
      String stage,
      long sizeBytes,
      double ratio,
      boolean noDifference,
      double faults,
      int rounds) {
    double ns = 100 * ratio;
    rows.add(
        new BenchRow(
            "storage",
            variant,
            stage,
            Map.of("sizeBytes", sizeBytes),
            10,
            rounds,
            new Interval(ns, ns, ns),
            ns,
            "c posix-mmap",
            new Interval(ratio, ratio, ratio),
            noDifference,
            1,
            faults,
            0,
            new Placement(List.of(0), true, false, false)));
  }
}
