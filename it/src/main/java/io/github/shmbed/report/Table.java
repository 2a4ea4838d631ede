// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table for the terminal: the first column to the left, the others to the right. Where the
 * terminal is too narrow the last columns go, and a line says which.
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
   * column alone is.
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
    int shown = fitting(widths, terminal.width());
    StringBuilder text = new StringBuilder(terminal.bold(line(header, widths, shown))).append('\n');
    for (List<String> row : rows) {
      text.append(row.isEmpty() ? "" : line(row, widths, shown)).append('\n');
    }
    if (shown < widths.length) {
      text.append("(left out, the terminal is too narrow: ")
          .append(String.join(", ", header.subList(shown, header.size())))
          .append(")\n");
    }
    return text.toString();
  }

  private static int fitting(int[] widths, int available) {
    int used = widths[0];
    int shown = 1;
    while (shown < widths.length && used + GAP.length() + widths[shown] <= available) {
      used += GAP.length() + widths[shown];
      shown++;
    }
    return shown;
  }

  private static String line(List<String> cells, int[] widths, int shown) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < shown; column++) {
      String cell = cells.get(column);
      String padding = " ".repeat(widths[column] - cell.length());
      line.append(column == 0 ? cell + padding : GAP + padding + cell);
    }
    return line.toString().stripTrailing();
  }
}
