// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * From which size on shared memory wins: the begin of the longest run of neighbouring sizes at each
 * of which the payload whole takes longer and the medians' intervals do not overlap.
 */
final class Crossover {
  private enum Verdict {
    SHARED("shared memory is faster at "),
    SAME("no difference at "),
    WHOLE("the payload whole is faster at ");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    static Verdict of(BenchRow row) {
      if (row.noDifference()) {
        return SAME;
      }
      return row.ratio().value() > 1 ? SHARED : WHOLE;
    }
  }

  private final TreeMap<Long, Verdict> verdicts = new TreeMap<>();
  private final NavigableMap<Long, Verdict> won;

  /**
   * @param rows of the payload whole by size in bytes, at least one, each with its ratio to shared
   *     memory
   */
  Crossover(Map<Long, BenchRow> rows) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no sizes");
    }
    rows.forEach((sizeBytes, row) -> verdicts.put(sizeBytes, Verdict.of(row)));
    won = longestRun();
  }

  private NavigableMap<Long, Verdict> longestRun() {
    TreeMap<Long, Verdict> longest = new TreeMap<>();
    TreeMap<Long, Verdict> run = new TreeMap<>();
    for (Map.Entry<Long, Verdict> one : verdicts.entrySet()) {
      if (one.getValue() == Verdict.SHARED) {
        run.put(one.getKey(), one.getValue());
      } else {
        run = new TreeMap<>();
      }
      longest = run.size() > longest.size() ? run : longest;
    }
    return longest;
  }

  /** The smallest and the largest size of the run; empty when shared memory wins nowhere. */
  List<Long> winsBetween() {
    return won.isEmpty() ? List.of() : List.of(won.firstKey(), won.lastKey());
  }

  /** The same in words, and what holds at the other sizes. */
  String text() {
    List<String> clauses = new ArrayList<>(List.of(winner()));
    for (Verdict verdict : Verdict.values()) {
      String sizes =
          verdicts.entrySet().stream()
              .filter(one -> one.getValue() == verdict && !won.containsKey(one.getKey()))
              .map(one -> Units.size(one.getKey()))
              .collect(Collectors.joining(", "));
      if (!sizes.isEmpty()) {
        clauses.add(verdict.text + sizes);
      }
    }
    return String.join("; ", clauses);
  }

  private String winner() {
    if (won.isEmpty()) {
      return "shared memory wins at no size";
    }
    String from = "shared memory wins from " + Units.size(won.firstKey());
    boolean atLast = won.lastKey().equals(verdicts.lastKey());
    return won.size() == verdicts.size()
        ? "shared memory wins at every size"
        : from + (atLast ? " on" : " to " + Units.size(won.lastKey()));
  }
}
