// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.Cases;
import io.github.shmbed.matrix.Selection.Filters;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Registry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {
  private static Registry registry;

  @BeforeAll
  static void load() throws Exception {
    registry = Registry.load(Home.find().peersFile());
  }

  private static List<Cell> cells(
      List<String> writers,
      List<String> readers,
      List<String> cases,
      List<String> pairings,
      String shard) {
    return Selection.of(registry, "host", new Filters(writers, readers, cases, pairings, shard))
        .cells();
  }

  @Test
  void everyPairingTimesEveryCaseHasACell() {
    List<Cell> cells = Selection.of(registry, "host", Filters.NONE).cells();
    int peers = registry.runningOn("host").size();
    assertEquals(peers * peers * Cases.all().size(), cells.size());
    assertEquals(cells.size(), cells.stream().map(Cell::id).distinct().count());
  }

  @Test
  void pairingsAcrossFamiliesAreNotApplicable() {
    Cell cell =
        cells(List.of("java-*"), List.of("c-*"), List.of(), List.of(), null).stream()
            .filter(one -> one.id().equals("java-posix:c-sysv:classic-1000B"))
            .findFirst()
            .orElseThrow();
    assertTrue(cell.notApplicable().orElseThrow().contains("different namespaces"));
    assertFalse(cell.isRunnable());
  }

  @Test
  void filtersAreGlobsAndWorkTogether() {
    List<Cell> cells =
        cells(
            List.of("java-*", "c-posix"),
            List.of("c-?????"),
            List.of("classic-1*B"),
            List.of("*-posix:*"),
            null);
    assertEquals(
        Set.of("java-posix:c-posix", "c-posix:c-posix"),
        new HashSet<>(cells.stream().map(Cell::pairing).toList()));
    assertTrue(cells.stream().allMatch(cell -> cell.exchange().name().startsWith("classic-1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "classic-1000B,nonsense"})
  void aFilterThatMatchesNothingSaysWhatThereIs(String filter) {
    UsageError e =
        assertThrows(
            UsageError.class,
            () -> cells(List.of(), List.of(), List.of(filter.split(",")), List.of(), null));
    assertTrue(
        e.getMessage().contains("'nonsense'") && e.getMessage().contains("classic-reuse"),
        e.getMessage());
  }

  @Test
  void aRunOfNothingIsAnError() {
    assertThrows(
        UsageError.class,
        () -> cells(List.of("java-posix"), List.of("c-sysv"), List.of(), List.of(), null));
    assertThrows(
        UsageError.class,
        () ->
            cells(List.of("c-posix"), List.of("c-posix"), List.of("os-message"), List.of(), "2/2"));
  }

  @Test
  void shardsAreTheWholeWithoutOverlap() {
    Set<String> union = new HashSet<>();
    int total = 0;
    for (int i = 1; i <= 3; i++) {
      List<Cell> part = cells(List.of(), List.of(), List.of(), List.of(), i + "/3");
      total += part.size();
      part.forEach(cell -> union.add(cell.id()));
    }
    int all = Selection.of(registry, "host", Filters.NONE).cells().size();
    assertEquals(all, total);
    assertEquals(all, union.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0/3", "4/3", "1", "a/b", "1/0"})
  void aWrongShardIsUsage(String shard) {
    assertThrows(UsageError.class, () -> cells(List.of(), List.of(), List.of(), List.of(), shard));
  }
}
