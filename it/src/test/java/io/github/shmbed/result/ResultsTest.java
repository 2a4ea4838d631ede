// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.shmbed.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResultsTest {
  private static CellResult cell(String id, Outcome outcome, boolean declared, Mismatch mismatch) {
    Map<String, Map<String, Object>> answers =
        Map.of("writer", Map.of("exit", 0L), "reader", Map.of("exit", 0L));
    return new CellResult(
        id,
        outcome,
        outcome == Outcome.PASS ? null : "why",
        declared,
        answers,
        mismatch,
        List.of(),
        5,
        List.of("line"));
  }

  @Test
  void theFileHasTheShapeOfSchemaOne(@TempDir Path directory) throws Exception {
    Mismatch mismatch = Mismatch.between("x", new byte[] {1}, new byte[] {2}).orElseThrow();
    Results results =
        new Results(
            Map.of("kernel", "6.1", "seed", 7L),
            List.of(
                cell("a:b:c", Outcome.PASS, false, null),
                cell("a:b:d", Outcome.MISMATCH, false, mismatch),
                cell("a:b:e", Outcome.UNSUPPORTED, true, null)),
            List.of());
    Path file = directory.resolve("build/results.json");
    results.write(file);

    Map<String, Object> json = Json.parseObject(Files.readString(file));
    assertEquals(
        List.of("schema", "environment", "summary", "cells", "rows"), List.copyOf(json.keySet()));
    assertEquals(1L, json.get("schema"));
    assertEquals(Map.of("PASS", 1L, "MISMATCH", 1L, "UNSUPPORTED", 1L), json.get("summary"));
    Map<String, Object> cells = Json.object(json, "cells");
    assertEquals(List.of("a:b:c", "a:b:d", "a:b:e"), List.copyOf(cells.keySet()));
    assertEquals("PASS", Json.object(cells, "a:b:c").get("outcome"));
    assertEquals(Map.of("exit", 0L), Json.object(cells, "a:b:c").get("writer"));
    assertEquals(0L, Json.object(Json.object(cells, "a:b:d"), "mismatch").get("offset"));
    assertEquals(true, Json.object(cells, "a:b:e").get("declared"));
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertEquals(List.of(file), files.toList(), "no half-written file stays");
    }
  }

  @Test
  void theLastLineCountsPassesAndFailures() {
    Results results =
        new Results(
            Map.of(),
            List.of(
                cell("a:b:c", Outcome.PASS, false, null),
                cell("a:b:d", Outcome.LEAK, false, null),
                cell("a:b:e", Outcome.N_A, false, null)),
            List.of());
    assertEquals("1 passed, 1 failed", results.lastLine());
  }

  @ParameterizedTest
  @EnumSource(Outcome.class)
  void onlyPassKnownFailuresAndDeclaredGapsAreAcceptable(Outcome outcome) {
    boolean acceptable =
        switch (outcome) {
          case PASS, XFAIL, N_A -> true;
          default -> false;
        };
    assertEquals(acceptable, cell("a:b:c", outcome, false, null).isAcceptable());
  }

  @Test
  void aSurprisingUnsupportedIsAFailure() {
    assertFalse(cell("a:b:c", Outcome.UNSUPPORTED, false, null).isAcceptable());
    assertEquals(true, cell("a:b:c", Outcome.UNSUPPORTED, true, null).isAcceptable());
  }
}
