// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Series;
import io.github.shmbed.report.Table;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.report.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/** The rows of {@code bench storage} as text for a terminal. */
final class StorageReport {
  /** Of a page that is not a huge one. */
  private static final double PAGE_BYTES = 4096;

  private static final List<String> LANGUAGES = List.of("c", "java");
  private static final List<String> OPERATIONS = List.of("read", "write");

  private final Terminal terminal;
  private final List<BenchRow> rows;
  private final List<Long> sizes;

  /**
   * @param rows of {@link StorageBench}
   */
  StorageReport(Terminal terminal, List<BenchRow> rows, List<Long> sizes) {
    this.terminal = terminal;
    this.rows = rows;
    this.sizes = sizes;
  }

  /** One table for each operation: ways down, sizes across. */
  String tables() {
    StringBuilder text =
        new StringBuilder(
            "warm|first touch: the copy alone; the object was touched before|just attached\n"
                + "medians; n = ns, u = us, m = ms; calls: read(2), write(2); faults: at "
                + Units.size(largest())
                + "\n\n");
    for (String operation : OPERATIONS) {
      for (String language : LANGUAGES) {
        Table table = table(operation + " in " + (language.equals("c") ? "C" : "Java"), "faults");
        for (Way way : Way.values()) {
          addRow(
              table,
              way,
              faults(
                  row(language, way, operation, "warm", largest()),
                  row(language, way, operation, "first", largest())),
              size ->
                  pair(
                      row(language, way, operation, "warm", size),
                      row(language, way, operation, "first", size)));
        }
        text.append(table.render(terminal)).append('\n');
      }
    }
    text.append("read|write, from open (create) to close: what one use of an object costs\n\n");
    Table table = table("whole, in C");
    for (Way way : Way.values()) {
      addRow(
          table,
          way,
          null,
          size ->
              pair(row("c", way, "read", "whole", size), row("c", way, "write", "whole", size)));
    }
    return text.append(table.render(terminal)).toString();
  }

  private Table table(String title, String... more) {
    List<String> header = new ArrayList<>(List.of(title));
    sizes.forEach(size -> header.add(Units.size(size)));
    header.addAll(List.of(more));
    return new Table(header.toArray(String[]::new));
  }

  private void addRow(Table table, Way way, String last, LongFunction<String> cell) {
    List<String> cells = new ArrayList<>(List.of(way.label));
    sizes.forEach(size -> cells.add(cell.apply(size)));
    if (cells.stream().skip(1).allMatch(String::isEmpty)) {
      return; // the machine cannot; the reasons come at the end
    }
    if (last != null) {
      cells.add(last);
    }
    table.row(cells.toArray(String[]::new));
  }

  private long largest() {
    return sizes.get(sizes.size() - 1);
  }

  /**
   * The question, answered: a mapping against read(2) and write(2) on shared memory, each size, in
   * words.
   */
  String comparison() {
    Table table = table("mmap is, against calls");
    for (String language : LANGUAGES) {
      for (String operation : OPERATIONS) {
        for (Way.State state : Way.State.values()) {
          List<String> cells = new ArrayList<>(List.of(title(language, operation, state)));
          for (long size : sizes) {
            cells.add(
                row(language, Way.POSIX_RW, operation, state.id, size)
                    .map(StorageReport::compare)
                    .orElse("-"));
          }
          table.row(cells.toArray(String[]::new));
        }
      }
    }
    return table.render(terminal);
  }

  private static String title(String language, String operation, Way.State state) {
    return (language.equals("c") ? "C " : "Java ")
        + operation
        + (state == Way.State.WARM ? ", warm" : ", first touch");
  }

  /**
   * Whether it came out as expected: a warm mapping ahead of the calls, one at its first touch
   * behind them. Where not, the counters that say why.
   */
  List<Map<String, Object>> answers() {
    List<Map<String, Object>> answers = new ArrayList<>();
    for (String language : LANGUAGES) {
      for (String operation : OPERATIONS) {
        for (Way.State state : Way.State.values()) {
          List<Map<String, Object>> bySize = new ArrayList<>();
          for (long size : sizes) {
            Optional<BenchRow> calls = row(language, Way.POSIX_RW, operation, state.id, size);
            Optional<BenchRow> mmap =
                row(language, StorageBench.CONTROL, operation, state.id, size);
            if (calls.filter(BenchRow::hasSpread).isPresent() && mmap.isPresent()) {
              bySize.add(answer(state, size, mmap.get(), calls.get()));
            }
          }
          if (!bySize.isEmpty()) {
            answers.add(answer(title(language, operation, state), state, bySize));
          }
        }
      }
    }
    return answers;
  }

  private static Map<String, Object> answer(
      String title, Way.State state, List<Map<String, Object>> bySize) {
    String side = state == Way.State.WARM ? "ahead of" : "behind";
    List<String> clauses = new ArrayList<>();
    for (Map<String, Object> one : bySize) {
      if (one.get("asExpected").equals(false)) {
        clauses.add(String.valueOf(one.get("text")));
      }
    }
    String as =
        clauses.isEmpty()
            ? " at every size"
            : clauses.size() == bySize.size() ? " at no size: " : ", but not everywhere: ";
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("bench", Storage.BENCH);
    answer.put("asExpected", clauses.isEmpty());
    answer.put("sizes", bySize);
    answer.put("text", title + ": mmap is " + side + " calls" + as + String.join("; ", clauses));
    return answer;
  }

  /** One size. What a mapping pays at its first touch is page faults, and calls have none. */
  private static Map<String, Object> answer(
      Way.State state, long sizeBytes, BenchRow mmap, BenchRow calls) {
    boolean mmapIsFaster = calls.ratio().value() > 1;
    boolean expected = !calls.noDifference() && mmapIsFaster == (state == Way.State.WARM);
    double pages = Math.ceil(sizeBytes / PAGE_BYTES);
    double faults = mmap.minorFaults() + mmap.majorFaults();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("stage", mmap.stage());
    answer.put("sizeBytes", sizeBytes);
    answer.put("asExpected", expected);
    answer.put("callsToMmap", calls.ratio().value());
    answer.put("pages", Math.round(pages));
    answer.put("mmapFaults", faults);
    answer.put("callsFaults", calls.minorFaults() + calls.majorFaults());
    answer.put(
        "text",
        Units.size(sizeBytes)
            + " ("
            + compare(calls)
            + "; a copy of "
            + Math.round(pages)
            + (pages == 1 ? " page" : " pages")
            + " faults "
            + Units.count(faults)
            + " times, by calls "
            + faults(Optional.of(calls))
            + " times"
            + (faults >= 1 && pages / faults >= 2
                ? "; fault-around: one fault maps " + Math.round(pages / faults) + " pages"
                : "")
            + ")");
    return answer;
  }

  /** The row's ratio is calls / mmap: above 1, mmap is faster. */
  private static String compare(BenchRow row) {
    if (row.noDifference()) {
      return "no different";
    }
    double ratio = row.ratio().value();
    return ratio > 1 ? Units.ratio(ratio) + " faster" : Units.ratio(1 / ratio) + " slower";
  }

  /** The largest difference that the control had to itself. */
  String noise() {
    BenchRow worst = null;
    int different = 0;
    int all = 0;
    for (BenchRow row : rows) {
      if (row.variant().endsWith(Series.AGAIN) && row.ratio() != null) {
        all++;
        different += row.noDifference() ? 0 : 1;
        worst = worst == null || off(row) > off(worst) ? row : worst;
      }
    }
    return worst == null
        ? ""
        : terminal.wrap(
            String.format(
                Locale.ROOT,
                "%d rounds. A/A: the control measured twice differs from itself by at most %s"
                    + " (%s, %s); %d of %d A/A rows say a difference.",
                worst.rounds(),
                Units.percent(off(worst)),
                worst.stage(),
                Units.size((Long) worst.parameters().get("sizeBytes")),
                different,
                all));
  }

  private static double off(BenchRow row) {
    return Math.abs(row.ratio().value() - 1);
  }

  /** Programs down, the parts of one iteration across. */
  static String experiment(
      List<BenchRow> rows, Map<String, SpawnExperiment.Iterations> taken, Terminal terminal) {
    List<SpawnExperiment.Decomposition> parts = SpawnExperiment.decompose(taken);
    Table table =
        new Table("", "total", "+-", "exec", "link", "main", "exit", "parts", "inside", "faults");
    for (BenchRow row : rows) {
      if (!row.stage().equals("total") || row.variant().contains("(in one process)")) {
        continue;
      }
      Optional<SpawnExperiment.Decomposition> one =
          parts.stream().filter(part -> part.program().equals(row.variant())).findFirst();
      List<String> cells =
          new ArrayList<>(
              List.of(
                  row.variant(),
                  Units.shortTime(taken.get(row.variant()).totalNs()),
                  Units.percent(row.medianNs().relativeSpread())));
      cells.addAll(
          one.map(
                  part ->
                      List.of(
                          Units.shortTime(part.forkExecNs()),
                          part.linkingNs() == 0 ? "in exec" : Units.shortTime(part.linkingNs()),
                          Units.shortTime(part.mainNs()),
                          Units.shortTime(part.exitNs()),
                          Units.percent(part.sumNs() / part.totalNs())))
              .orElse(List.of("", "", "", "", "")));
      cells.add(
          one.filter(part -> part.insideNs() >= 0)
              .map(part -> Units.shortTime(part.insideNs()))
              .orElse(""));
      cells.add(Units.count(row.minorFaults()));
      table.row(cells.toArray(String[]::new));
    }
    return "means over the middle half of the iterations; +-: half the 95 % interval of the\n"
        + "median total; exec: fork and exec, to main of a static program; link: dynamic\n"
        + "linking; main: open, read or map, print; parts: their sum to the total;\n"
        + "inside: the same read in a loop in one process; u = us\n\n"
        + table.render(terminal);
  }

  private Optional<BenchRow> row(
      String language, Way way, String operation, String state, long sizeBytes) {
    return rows.stream()
        .filter(
            row ->
                row.variant().equals(StorageBench.variant(language, way))
                    && row.stage().equals(StorageBench.stage(operation, state))
                    && row.parameters().get("sizeBytes").equals(sizeBytes))
        .findFirst();
  }

  private static String pair(Optional<BenchRow> left, Optional<BenchRow> right) {
    return left.isEmpty() && right.isEmpty() ? "" : time(left) + "|" + time(right);
  }

  private static String time(Optional<BenchRow> row) {
    return row.map(one -> Units.shortTime(one.medianNs().value())).orElse("-");
  }

  private static String faults(Optional<BenchRow> left, Optional<BenchRow> right) {
    return faults(left) + "|" + faults(right);
  }

  private static String faults(Optional<BenchRow> row) {
    return row.map(one -> Units.count(one.minorFaults() + one.majorFaults())).orElse("-");
  }
}
