// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.Results;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a bench found out.
 *
 * @param answers what the rows say in a sentence, member "text", and the same for programs
 * @param targets what was to be reached, met or not
 * @param unsupported what this machine could not do: variant and reason
 */
public record BenchResult(
    List<BenchRow> rows,
    List<Check> checks,
    List<Map<String, Object>> answers,
    List<Target> targets,
    Map<String, String> unsupported) {

  /** Of a bench that has no answers and nothing to reach. */
  public BenchResult(List<BenchRow> rows, List<Check> checks, Map<String, String> unsupported) {
    this(rows, checks, List.of(), List.of(), unsupported);
  }

  /** Whether every check holds; an INVALID run's numbers are shown, and not to be believed. */
  public boolean isValid() {
    return checks.stream().allMatch(Check::holds);
  }

  /** results.json: the rows, and beside them checks, answers, targets and what was unsupported. */
  public Map<String, Object> json(Map<String, Object> environment) {
    Map<String, Object> json =
        new Results(environment, List.of(), rows.stream().map(BenchRow::toMap).toList()).json();
    json.put("checks", checks.stream().map(Check::toMap).toList());
    json.put("answers", answers);
    json.put("targets", targets.stream().map(Target::toMap).toList());
    json.put("unsupported", unsupported);
    return json;
  }

  /**
   * The last lines of a run: rounds, answers, targets, checks, what was unsupported and why, each
   * reason once.
   */
  public String conclusion(Terminal terminal) {
    StringBuilder text = new StringBuilder(rounds());
    answers.forEach(
        answer -> text.append(terminal.wrap(String.valueOf(answer.get("text")))).append('\n'));
    targets.forEach(target -> text.append(target.line(terminal)).append('\n'));
    checks.forEach(check -> text.append(check.line(terminal)).append('\n'));
    Map<String, String> byReason = new LinkedHashMap<>();
    new TreeMap<>(unsupported)
        .forEach(
            (variant, reason) ->
                byReason.merge(reason, variant, (one, other) -> one + ", " + other));
    byReason.forEach(
        (reason, variants) ->
            text.append(terminal.wrap("UNSUPPORTED  " + variants + ": " + reason)).append('\n'));
    return text.toString();
  }

  /** How many there are, of each bench: {@code sizes, rounds: 6 to 10}. */
  private String rounds() {
    Map<String, IntSummaryStatistics> byBench = new LinkedHashMap<>();
    for (BenchRow row : rows) {
      byBench
          .computeIfAbsent(row.bench(), bench -> new IntSummaryStatistics())
          .accept(row.rounds());
    }
    StringBuilder text = new StringBuilder();
    byBench.forEach(
        (bench, of) -> {
          text.append(bench).append(", rounds: ").append(of.getMin());
          text.append(of.getMax() > of.getMin() ? " to " + of.getMax() : "");
          text.append(
              of.getMin() < BenchRow.LEAST_ROUNDS ? "; too few to tell a difference\n" : "\n");
        });
    return text.toString();
  }
}
