// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.result.Results;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The results of a matrix for the terminal: a grid of writers and readers, then everything that is
 * not PASS, then the counts.
 */
public final class MatrixTable {
  private static final int MOST_LISTED = 40;
  private static final String GAP = "  ";

  private final Results results;
  private final Terminal terminal;

  public MatrixTable(Results results, Terminal terminal) {
    this.results = results;
    this.terminal = terminal;
  }

  /** All of it; the last line is {@code N passed, M failed}. */
  public String render() {
    return grid() + notPassed() + counts() + results.lastLine() + "\n";
  }

  private String grid() {
    Map<String, Map<String, List<CellResult>>> byPairing = new LinkedHashMap<>();
    LinkedHashSet<String> readers = new LinkedHashSet<>();
    for (CellResult cell : results.cells()) {
      readers.add(cell.reader());
      byPairing
          .computeIfAbsent(cell.writer(), none -> new LinkedHashMap<>())
          .computeIfAbsent(cell.reader(), none -> new ArrayList<>())
          .add(cell);
    }
    List<String> columns = new ArrayList<>(readers);
    int nameWidth = byPairing.keySet().stream().mapToInt(String::length).max().orElse(0);
    int wide = columns.stream().mapToInt(String::length).max().orElse(0);
    boolean numbered = nameWidth + columns.size() * (wide + GAP.length()) > terminal.width();

    StringBuilder text =
        new StringBuilder(terminal.bold("cells passed, writers (down) x readers (across)"))
            .append('\n');
    if (numbered) {
      for (int i = 0; i < columns.size(); i++) {
        text.append(String.format("  reader %d: %s%n", i + 1, columns.get(i)));
      }
    }
    int width = numbered ? 7 : Math.max(7, wide);
    text.append(" ".repeat(nameWidth));
    for (int i = 0; i < columns.size(); i++) {
      text.append(GAP).append(right(numbered ? Integer.toString(i + 1) : columns.get(i), width));
    }
    text.append('\n');
    byPairing.forEach(
        (writer, row) -> {
          text.append(writer).append(" ".repeat(nameWidth - writer.length()));
          columns.forEach(
              reader ->
                  text.append(GAP).append(square(row.getOrDefault(reader, List.of()), width)));
          text.append('\n');
        });
    return text.append('\n').toString();
  }

  private String square(List<CellResult> cells, int width) {
    long applicable = cells.stream().filter(cell -> cell.outcome() != Outcome.N_A).count();
    if (applicable == 0) {
      return right(cells.isEmpty() ? "" : "N_A", width);
    }
    long passed = cells.stream().filter(cell -> cell.outcome() == Outcome.PASS).count();
    String text = right(passed + "/" + applicable, width);
    return cells.stream().allMatch(CellResult::isAcceptable)
        ? terminal.green(text)
        : terminal.red(text);
  }

  private String notPassed() {
    List<CellResult> listed =
        results.cells().stream()
            .filter(cell -> cell.outcome() != Outcome.PASS && cell.outcome() != Outcome.N_A)
            .filter(cell -> !cell.declared())
            .toList();
    StringBuilder text = new StringBuilder();
    for (CellResult cell : listed.subList(0, Math.min(MOST_LISTED, listed.size()))) {
      String outcome = String.format("%-11s", cell.outcome());
      text.append(cell.isAcceptable() ? outcome : terminal.red(outcome))
          .append(' ')
          .append(cell.id())
          .append('\n')
          .append("            ")
          .append(cell.reason())
          .append('\n')
          .append("            ")
          .append(reproLine(cell))
          .append('\n');
    }
    if (listed.size() > MOST_LISTED) {
      text.append("... and ")
          .append(listed.size() - MOST_LISTED)
          .append(" more, all in results.json\n");
    }
    text.append(declared());
    return text.isEmpty() ? "" : text.append('\n').toString();
  }

  /** Cells that could not run here: one line for each reason, or it would hide the failures. */
  private String declared() {
    Map<String, Long> cells =
        results.cells().stream()
            .filter(CellResult::declared)
            .collect(
                Collectors.groupingBy(CellResult::reason, TreeMap::new, Collectors.counting()));
    StringBuilder text = new StringBuilder();
    cells.forEach(
        (reason, count) ->
            text.append(
                String.format("%-11s %4d cells: %s%n", Outcome.UNSUPPORTED, count, reason)));
    return text.toString();
  }

  /** What shows one cell again, with everything; the same seed gives the same bytes. */
  private String reproLine(CellResult cell) {
    return "./shmbed repro "
        + cell.id()
        + " --runner "
        + results.environment().get("runner")
        + " --seed "
        + results.environment().get("seed");
  }

  private String counts() {
    long ran =
        results.cells().stream()
            .filter(cell -> cell.outcome() != Outcome.N_A && !cell.declared())
            .count();
    double seconds = results.environment().get("durationNs") instanceof Long ns ? ns / 1e9 : 0;
    return String.format(
        Locale.ROOT,
        "%d cells in %.1f s, %.1f cells/s; seed %s%nN_A %d, UNSUPPORTED %d, XFAIL %d%n",
        ran,
        seconds,
        seconds > 0 ? ran / seconds : 0,
        results.environment().get("seed"),
        results.count(Outcome.N_A),
        results.count(Outcome.UNSUPPORTED),
        results.count(Outcome.XFAIL));
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
