// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.result.Results;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MatrixTableTest {
  private static final Map<String, Object> ENVIRONMENT =
      Map.of("runner", "host", "seed", 7L, "durationNs", 2_000_000_000L);

  private static CellResult cell(String id, Outcome outcome, String reason) {
    return new CellResult(id, outcome, reason, false, Map.of(), null, List.of(), 1, List.of());
  }

  private final Results results =
      new Results(
          ENVIRONMENT,
          List.of(
              cell("w1:r1:c1", Outcome.PASS, null),
              cell("w1:r1:c2", Outcome.MISMATCH, "differs at offset 3"),
              cell("w1:r2:c1", Outcome.N_A, "families"),
              cell("w2:r1:c1", Outcome.PASS, null)),
          List.of());

  @Test
  void theGridCountsPassesAndTheListGivesReasonAndRepro() {
    String text = new MatrixTable(results, new Terminal(100, false, false)).render();
    assertTrue(text.contains("w1      1/2      N_A\n"), text);
    assertTrue(text.contains("w2      1/1         \n"), text);
    assertTrue(text.contains("differs at offset 3\n"), text);
    assertTrue(text.contains("./shmbed repro w1:r1:c2 --runner host --seed 7\n"), text);
    assertTrue(
        text.contains("3 cells in 2.0 s, 1.5 cells/s; seed 7\nN_A 1, UNSUPPORTED 0, XFAIL 0\n"),
        text);
    assertTrue(text.endsWith("\n2 passed, 1 failed\n"), text);
    assertFalse(text.contains("\033"), "no colour where none is wanted");
  }

  @Test
  void aNarrowTerminalGetsNumbersForReaders() {
    List<CellResult> wide =
        List.of(
            cell("w:a-reader-with-a-long-name:c", Outcome.PASS, null),
            cell("w:another-reader-with-a-long-name:c", Outcome.PASS, null));
    String text =
        new MatrixTable(new Results(ENVIRONMENT, wide, List.of()), new Terminal(50, false, false))
            .render();
    assertTrue(text.contains("reader 2: another-reader-with-a-long-name\n"), text);
    assertEquals(
        0, text.lines().filter(line -> line.startsWith("w ") && line.length() > 50).count());
  }
}
