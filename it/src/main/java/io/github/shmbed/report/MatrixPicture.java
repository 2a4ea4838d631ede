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

/**
 * The results of a matrix as a picture (SVG): one square per pairing with the number of cells that
 * passed, green when all of them are acceptable, red when one is not, grey for N_A.
 */
public final class MatrixPicture {
  private static final int SQUARE_WIDTH = 104;
  private static final int SQUARE_HEIGHT = 34;
  private static final int GAP = 4;
  private static final int LEFT = 190;
  private static final int TOP = 66;

  private final Results results;
  private final List<String> writers;
  private final List<String> readers;
  private final Map<String, List<CellResult>> byPairing = new LinkedHashMap<>();
  private final StringBuilder svg = new StringBuilder();

  public MatrixPicture(Results results) {
    this.results = results;
    LinkedHashSet<String> writerIds = new LinkedHashSet<>();
    LinkedHashSet<String> readerIds = new LinkedHashSet<>();
    for (CellResult cell : results.cells()) {
      writerIds.add(cell.writer());
      readerIds.add(cell.reader());
      byPairing
          .computeIfAbsent(cell.writer() + ":" + cell.reader(), none -> new ArrayList<>())
          .add(cell);
    }
    writers = new ArrayList<>(writerIds);
    readers = new ArrayList<>(readerIds);
  }

  /** The whole picture, as the text of an SVG file. */
  public String render() {
    int width = LEFT + readers.size() * (SQUARE_WIDTH + GAP) + 16;
    int height = TOP + writers.size() * (SQUARE_HEIGHT + GAP) + 40;
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                + " font-family=\"system-ui, sans-serif\" font-size=\"13\">%n"
                + "<title>%s</title>%n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n",
            width,
            height,
            width,
            height,
            results.lastLine()));
    text(LEFT - 12, TOP - 14, "end", "#57606a", "writer \\ reader");
    for (int column = 0; column < readers.size(); column++) {
      text(centre(column), TOP - 14, "middle", "#1f2328", readers.get(column));
    }
    for (int row = 0; row < writers.size(); row++) {
      text(LEFT - 12, middle(row), "end", "#1f2328", writers.get(row));
      for (int column = 0; column < readers.size(); column++) {
        square(row, column);
      }
    }
    text(LEFT, height - 14, "start", "#57606a", footer());
    return svg.append("</svg>\n").toString();
  }

  private void square(int row, int column) {
    List<CellResult> cells =
        byPairing.getOrDefault(writers.get(row) + ":" + readers.get(column), List.of());
    List<CellResult> ran = cells.stream().filter(cell -> cell.outcome() != Outcome.N_A).toList();
    long passed = ran.stream().filter(cell -> cell.outcome() == Outcome.PASS).count();
    boolean good = ran.stream().allMatch(CellResult::isAcceptable);
    String fill = ran.isEmpty() ? "#eaeef2" : good ? "#1a7f37" : "#cf222e";
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"%s\"/>%n",
            LEFT + column * (SQUARE_WIDTH + GAP),
            TOP + row * (SQUARE_HEIGHT + GAP),
            SQUARE_WIDTH,
            SQUARE_HEIGHT,
            fill));
    text(
        centre(column),
        middle(row),
        "middle",
        ran.isEmpty() ? "#8c959f" : "#ffffff",
        ran.isEmpty() ? "N_A" : passed + "/" + ran.size());
  }

  private String footer() {
    return String.format(
        Locale.ROOT,
        "cells passed, %s runner; N_A: POSIX and System V objects have different namespaces. %s.",
        results.environment().get("runner"),
        results.lastLine());
  }

  private static int centre(int column) {
    return LEFT + column * (SQUARE_WIDTH + GAP) + SQUARE_WIDTH / 2;
  }

  private static int middle(int row) {
    return TOP + row * (SQUARE_HEIGHT + GAP) + SQUARE_HEIGHT / 2 + 5;
  }

  private void text(int x, int y, String anchor, String colour, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            colour,
            text.replace("&", "&amp;").replace("<", "&lt;")));
  }
}
