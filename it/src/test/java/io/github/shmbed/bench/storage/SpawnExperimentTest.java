// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.bench.Check;
import io.github.shmbed.bench.Measurement;
import io.github.shmbed.bench.storage.SpawnExperiment.Decomposition;
import io.github.shmbed.bench.storage.SpawnExperiment.Iterations;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpawnExperimentTest {
  @Test
  void thePartsAreThoseOfTheStampedBuildAndTheTotalThatOfThePlainOne() {
    Decomposition shm = SpawnExperiment.decompose(iterations(580_000)).get(1);
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
    Map<String, Iterations> taken = iterations(580_000);
    taken.keySet().removeIf(variant -> variant.contains("static"));
    Decomposition shm = SpawnExperiment.decompose(taken).get(1);
    assertEquals(480_000, shm.forkExecNs());
    assertEquals(0, shm.linkingNs());
    assertTrue(shm.check().holds());
  }

  @Test
  void theSentenceSaysThatTheProcessRulesOnlyWhenItDoes() {
    String sentence = SpawnExperiment.sentence(iterations(580_000));
    assertTrue(
        sentence.startsWith(
            "The readers' totals are alike (580 us to 580 us) because at least 94.8 % of each is the price of a process"),
        sentence);
    String other = SpawnExperiment.sentence(iterations(2_000_000));
    assertTrue(other.contains("the process does not rule the totals"), other);
  }

  @Test
  void totalsAreAlikeWithinTenPerCent() {
    Map<String, Iterations> taken = iterations(580_000);
    both(taken, "file_read, disk", 644_000, 480_000, 94_000, 70_000);
    String alike = SpawnExperiment.sentence(taken);
    assertTrue(
        alike.startsWith(
            "The readers' totals are alike (580 us to 644 us) because at least 85.4 % of each is"),
        alike);
    both(taken, "file_read, disk", 646_000, 480_000, 96_000, 70_000);
    String apart = SpawnExperiment.sentence(taken);
    assertTrue(
        apart.startsWith(
            "The readers' totals are not alike (580 us to 646 us), although at least 85.1 % of each is"),
        apart);
  }

  @Test
  void theSentenceSaysHowMuchOfDdIsItsProcess() {
    String sentence = SpawnExperiment.sentence(iterations(580_000));
    assertTrue(
        sentence.endsWith(
            "dd's total is 800 us, and 790 us when it copies nothing: 98.8 % of it is its own start and end."),
        sentence);
  }

  private static Check checkOfShmRead(double totalNs) {
    return SpawnExperiment.decompose(iterations(totalNs)).get(1).check();
  }

  private static Map<String, Iterations> iterations(double shmReadTotalNs) {
    Map<String, Iterations> taken = new LinkedHashMap<>();
    both(taken, "empty", 550_000, 480_000, 100, 70_000);
    both(taken, "shm_read", shmReadTotalNs, 480_000, 30_000, 70_000);
    add(taken, "dd", Map.of("total", 800_000.0));
    add(taken, "dd count=0", Map.of("total", 790_000.0));
    add(taken, "empty, static", stamped(360_000, 100, 60_000));
    add(taken, "shm_read (in one process)", Map.of("total", 9_000.0));
    return taken;
  }

  private static void both(
      Map<String, Iterations> taken,
      String variant,
      double totalNs,
      double toMainNs,
      double mainNs,
      double exitNs) {
    Map<String, Double> stages = new LinkedHashMap<>(stamped(toMainNs, mainNs, exitNs));
    stages.put("total", totalNs);
    add(taken, variant, stages);
  }

  private static Map<String, Double> stamped(double toMainNs, double mainNs, double exitNs) {
    double totalNs = toMainNs + mainNs + exitNs;
    return Map.of("stampedTotal", totalNs, "toMain", toMainNs, "main", mainNs, "exit", exitNs);
  }

  /**
   * Four iterations in two rounds: one disturbed, one lucky, and two as given, which are the middle
   * half.
   */
  private static void add(
      Map<String, Iterations> taken, String variant, Map<String, Double> stages) {
    Iterations iterations = new Iterations();
    Map<String, Measurement> first = new LinkedHashMap<>();
    Map<String, Measurement> second = new LinkedHashMap<>();
    stages.forEach(
        (stage, ns) -> {
          first.put(stage, Measurement.ofTimes(ns * 3, ns));
          second.put(stage, Measurement.ofTimes(ns, ns / 2));
        });
    iterations.add(first);
    iterations.add(second);
    taken.put(variant, iterations);
  }
}
