// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import io.github.shmbed.json.Json;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One cell for the terminal: both sides' stages beside each other, the verdict, what was exchanged.
 */
public final class StageTable {
  private static final int WIDTH = 36;

  private StageTable() {}

  public static String render(CellResult cell, Terminal terminal) {
    StringBuilder text = new StringBuilder();
    text.append(terminal.bold(cell.writer() + " -> " + cell.reader() + ": " + cell.caseName()))
        .append("\n\n");
    List<String> left = column("writer " + cell.writer(), cell.answers().get("writer"));
    List<String> right = column("reader " + cell.reader(), cell.answers().get("reader"));
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      String line =
          pad(i < left.size() ? left.get(i) : "") + (i < right.size() ? right.get(i) : "");
      text.append(line.stripTrailing()).append('\n');
    }
    text.append('\n');
    String outcome = cell.outcome().name();
    text.append(cell.isAcceptable() ? terminal.green(outcome) : terminal.red(outcome));
    Map<String, Object> payload =
        Json.object(cell.answers().getOrDefault("reader", Map.of()), "payload");
    if (cell.outcome() == Outcome.PASS && !payload.isEmpty()) {
      text.append("  text length ")
          .append(payload.get("length"))
          .append("  sha256 ")
          .append(payload.get("sha256"));
    }
    if (cell.reason() != null) {
      text.append("  ").append(cell.reason());
    }
    return text.append('\n').toString();
  }

  private static List<String> column(String title, Map<String, Object> answer) {
    List<String> lines = new ArrayList<>();
    lines.add(title);
    if (answer == null) {
      lines.add("  (no stages: no answer, or a fresh process)");
      return lines;
    }
    long totalNs = 0;
    for (Map.Entry<String, Object> stage : Json.object(answer, "stages").entrySet()) {
      if (stage.getValue() instanceof Long ns) {
        lines.add(line(stage.getKey(), ns));
        totalNs += ns;
      }
    }
    lines.add(line("sum", totalNs));
    return lines;
  }

  private static String line(String stage, long ns) {
    return String.format("  %-15s %10s", stage, Units.time(ns));
  }

  private static String pad(String text) {
    return text + " ".repeat(Math.max(1, WIDTH - text.length()));
  }
}
