// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Check;
import io.github.shmbed.bench.Interval;
import io.github.shmbed.bench.Placement;
import io.github.shmbed.bench.storage.SpawnExperiment.Decomposition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpawnExperimentTest {
  @Test
  void thePartsAreThoseOfTheStampedBuildAndTheTotalThatOfThePlainOne() {
    Decomposition shm = SpawnExperiment.decompose(rows(580_000)).get(1);
    assertEquals("shm_read", shm.program());
    assertEquals(580_000, shm.totalNs());
    assertEquals(360_000, shm.forkExecNs());
    assertEquals(120_000, shm.linkingNs());
    assertEquals(30_000, shm.mainNs());
    assertEquals(70_000, shm.exitNs());
    assertEquals(9_000, shm.insideNs());
    assertEquals(0, shm.residual(), 1e-9);
    assertTrue(shm.check().holds());
  }

  @Test
  void partsThatMissMoreThanFivePerCentAreInvalidInBothDirections() {
    assertTrue(checkOfShmRead(605_000).holds());
    assertFalse(checkOfShmRead(615_000).holds());
    assertTrue(checkOfShmRead(555_000).holds());
    assertFalse(checkOfShmRead(550_000).holds());
    assertEquals("INVALID", checkOfShmRead(615_000).toMap().get("verdict"));
    assertEquals(615_000L, checkOfShmRead(615_000).toMap().get("totalNs"));
  }

  @Test
  void withoutAStaticBuildForkExecAndLinkingAreOnePart() {
    List<BenchRow> rows = rows(580_000);
    rows.removeIf(row -> row.variant().contains("static"));
    Decomposition shm = SpawnExperiment.decompose(rows).get(1);
    assertEquals(480_000, shm.forkExecNs());
    assertEquals(0, shm.linkingNs());
    assertTrue(shm.check().holds());
  }

  @Test
  void theSentenceSaysThatTheProcessRulesOnlyWhenItDoes() {
    List<BenchRow> rows = rows(580_000);
    String sentence = SpawnExperiment.sentence(rows, SpawnExperiment.decompose(rows));
    assertTrue(
        sentence.startsWith(
            "The readers' totals are alike (580 us to 580 us) because at least 94.8 % of each is the price of a process"),
        sentence);
    List<BenchRow> slow = rows(2_000_000);
    String other = SpawnExperiment.sentence(slow, SpawnExperiment.decompose(slow));
    assertTrue(other.contains("the process does not rule the totals"), other);
  }

  private static Check checkOfShmRead(double totalNs) {
    return SpawnExperiment.decompose(rows(totalNs)).get(1).check();
  }

  private static List<BenchRow> rows(double shmReadTotalNs) {
    List<BenchRow> rows = new ArrayList<>();
    rows.add(row("empty", "total", 550_000));
    rows.add(row("shm_read", "total", shmReadTotalNs));
    rows.add(row("dd", "total", 800_000));
    rows.add(row("dd count=0", "total", 790_000));
    addStamped(rows, "empty (stamped)", 480_000, 100, 70_000);
    addStamped(rows, "shm_read (stamped)", 480_000, 30_000, 70_000);
    addStamped(rows, "empty, static (stamped)", 360_000, 100, 60_000);
    rows.add(row("shm_read (in one process)", "total", 9_000));
    return rows;
  }

  private static void addStamped(
      List<BenchRow> rows, String variant, double toMainNs, double mainNs, double exitNs) {
    rows.add(row(variant, "total", toMainNs + mainNs + exitNs));
    rows.add(row(variant, "toMain", toMainNs));
    rows.add(row(variant, "main", mainNs));
    rows.add(row(variant, "exit", exitNs));
  }

  private static BenchRow row(String variant, String stage, double medianNs) {
    return new BenchRow(
        SpawnExperiment.BENCH,
        variant,
        stage,
        Map.of("sizeBytes", 4096L),
        100,
        10,
        new Interval(medianNs, medianNs, medianNs),
        medianNs,
        null,
        null,
        false,
        -1,
        -1,
        -1,
        new Placement(List.of(0), true, false, false));
  }
}
