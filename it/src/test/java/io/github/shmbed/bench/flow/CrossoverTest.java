// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.shmbed.bench.BenchRow;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CrossoverTest {
  private static final double SHARED = 2.0;
  private static final double WHOLE = 0.5;
  private static final double SAME = 1.1;

  /** Ratios of the payload whole to shared memory at 1 KiB, 2 KiB, 4 KiB and so on. */
  private static Crossover of(double... ratios) {
    Map<Long, BenchRow> rows = new TreeMap<>();
    for (int i = 0; i < ratios.length; i++) {
      rows.put(1024L << i, Rows.row("whole", "end-to-end", Map.of(), ratios[i], ratios[i] == SAME));
    }
    return new Crossover(rows);
  }

  @Test
  void theBeginOfTheSizesAtWhichItWinsUpToTheLargest() {
    Crossover crossover = of(WHOLE, SAME, SHARED, SHARED);
    assertEquals(List.of(4096L, 8192L), crossover.winsBetween());
    assertEquals(
        "shared memory wins from 4 KiB on; no difference at 2 KiB;"
            + " the payload whole is faster at 1 KiB",
        crossover.text());
  }

  @Test
  void aWinAtEverySizeIsSaid() {
    assertEquals("shared memory wins at every size", of(SHARED, SHARED).text());
  }

  @Test
  void itMayEndBeforeTheLargestSize() {
    Crossover crossover = of(SAME, SHARED, SHARED, SAME);
    assertEquals(List.of(2048L, 4096L), crossover.winsBetween());
    assertEquals(
        "shared memory wins from 2 KiB to 4 KiB; no difference at 1 KiB, 8 KiB", crossover.text());
  }

  @Test
  void ofTwoRunsTheLongerCountsAndTheOtherIsNamed() {
    Crossover crossover = of(SHARED, WHOLE, SHARED, SHARED, SHARED);
    assertEquals(List.of(4096L, 16_384L), crossover.winsBetween());
    assertEquals(
        "shared memory wins from 4 KiB on; shared memory is faster at 1 KiB;"
            + " the payload whole is faster at 2 KiB",
        crossover.text());
  }

  @Test
  void aRatioAboveOneIsNoWinWhereTheIntervalsOverlap() {
    Crossover crossover = of(SAME, SAME);
    assertEquals(List.of(), crossover.winsBetween());
    assertEquals("shared memory wins at no size; no difference at 1 KiB, 2 KiB", crossover.text());
  }

  @Test
  void noSizesAreNoQuestion() {
    assertThrows(IllegalArgumentException.class, () -> new Crossover(Map.of()));
  }
}
