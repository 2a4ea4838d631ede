// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Check;
import io.github.shmbed.ledger.Ledger;
import io.github.shmbed.report.Units;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the stages of a message add up to its time from end to end, in every row. */
final class LedgerCheck {
  private static final int NAMED = 5;

  private LedgerCheck() {}

  /** Whether this row may be believed. */
  static boolean holds(BenchRow row) {
    return residual(row) <= Ledger.MOST_RESIDUAL
        && row.values().getOrDefault(Streamed.NEGATIVE, 0.0) == 0;
  }

  /** One check over all rows that come from streams; none when no row does. */
  static List<Check> of(String bench, List<BenchRow> all) {
    List<BenchRow> rows =
        all.stream().filter(row -> row.values().containsKey(Streamed.RESIDUAL)).toList();
    Optional<BenchRow> worst = rows.stream().max(Comparator.comparingDouble(LedgerCheck::residual));
    if (worst.isEmpty()) {
      return List.of();
    }
    List<BenchRow> broken = rows.stream().filter(row -> !holds(row)).toList();
    String text =
        broken.isEmpty()
            ? "the stages add up to end-to-end in all "
                + rows.size()
                + " rows, the most that is left over is "
                + Units.percent(residual(worst.get()))
            : "more than "
                + Units.percent(Ledger.MOST_RESIDUAL)
                + " of end-to-end is in no stage, or a stage is negative, in "
                + broken.size()
                + " of "
                + rows.size()
                + " rows: "
                + broken.stream()
                    .limit(NAMED)
                    .map(LedgerCheck::name)
                    .collect(Collectors.joining("; "))
                + (broken.size() > NAMED ? "; ..." : "");
    return List.of(
        new Check(
            bench,
            "ledger",
            broken.isEmpty(),
            text,
            Map.of("largestResidual", residual(worst.get()), "rows", rows.size())));
  }

  /**
   * What every measured time contains: two readings of the clock, a line for people.
   *
   * @param rows of which each variant's largest is taken
   */
  static String overhead(List<BenchRow> rows) {
    return rows.stream()
        .filter(row -> row.values().containsKey(Streamed.CLOCK_PAIR))
        .max(Comparator.comparingDouble(row -> row.values().get(Streamed.CLOCK_PAIR)))
        .map(
            row ->
                "measuring overhead: two readings of the clock take at most "
                    + Units.time(row.values().get(Streamed.CLOCK_PAIR))
                    + " ("
                    + row.variant()
                    + ")\n")
        .orElse("");
  }

  private static double residual(BenchRow row) {
    return row.values().getOrDefault(Streamed.RESIDUAL, 0.0);
  }

  private static String name(BenchRow row) {
    return row.variant()
        + " "
        + row.parameters().values().stream().map(String::valueOf).collect(Collectors.joining(" "))
        + " ("
        + Units.percent(residual(row))
        + ")";
  }
}
