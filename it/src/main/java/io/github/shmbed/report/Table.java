// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table for the terminal: the first column to the left, the others to the right. Where the
 * terminal is too narrow the last columns come below, with the first one once more.
 */
public final class Table {
  private static final String GAP = "  ";

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... header) {
    this.header = List.of(header);
  }

  /** As many cells as the header has. */
  public Table row(String... cells) {
    if (cells.length != header.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells in a table of " + header.size() + ": " + Arrays.toString(cells));
    }
    rows.add(List.of(cells));
    return this;
  }

  /** An empty line between two groups of rows. */
  public Table gap() {
    rows.add(List.of());
    return this;
  }

  /**
   * The table with a line break at the end; no line is wider than the terminal unless the first
   * column and one other are.
   */
  public String render(Terminal terminal) {
    int[] widths = new int[header.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = header.get(column).length();
      for (List<String> row : rows) {
        widths[column] =
            row.isEmpty() ? widths[column] : Math.max(widths[column], row.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int from = 1; from == 1 || from < widths.length; ) {
      int until = fitting(widths, from, terminal.width());
      text.append(from > 1 ? "\n" : "")
          .append(terminal.bold(line(header, widths, from, until)))
          .append('\n');
      for (List<String> row : rows) {
        text.append(row.isEmpty() ? "" : line(row, widths, from, until)).append('\n');
      }
      from = until;
    }
    return text.toString();
  }

  /** The column after the last one that fits beside the first; one always does. */
  private static int fitting(int[] widths, int from, int available) {
    int used = widths[0];
    int until = from;
    while (until < widths.length
        && (until == from || used + GAP.length() + widths[until] <= available)) {
      used += GAP.length() + widths[until];
      until++;
    }
    return Math.max(until, from + 1);
  }

  private static String line(List<String> cells, int[] widths, int from, int until) {
    StringBuilder line = new StringBuilder(cells.get(0));
    line.append(" ".repeat(widths[0] - cells.get(0).length()));
    for (int column = from; column < Math.min(until, cells.size()); column++) {
      String cell = cells.get(column);
      line.append(GAP).append(" ".repeat(widths[column] - cell.length())).append(cell);
    }
    return line.toString().stripTrailing();
  }
}
