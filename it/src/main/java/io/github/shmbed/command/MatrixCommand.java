// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.json.Json;
import io.github.shmbed.matrix.Cell;
import io.github.shmbed.matrix.MatrixRun;
import io.github.shmbed.matrix.Selection;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.report.MatrixPicture;
import io.github.shmbed.report.MatrixTable;
import io.github.shmbed.report.Progress;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.result.Results;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./shmbed matrix}: every writer against every reader in every case. */
@Command(
    name = "matrix",
    description = "Runs every writer against every reader in every case and shows what came out.",
    footer = {
      "",
      "Exit code: 0 if all cells are PASS, XFAIL, N_A or a declared UNSUPPORTED; 1 otherwise; 2 for usage,"
          + " also where none of the cells that were asked for could run."
    })
public final class MatrixCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Option(
      names = "--writers",
      split = ",",
      paramLabel = "GLOB",
      description = "Only these writers, as 'java-*,c-posix'.")
  private List<String> writers = List.of();

  @Option(
      names = "--readers",
      split = ",",
      paramLabel = "GLOB",
      description = "Only these readers.")
  private List<String> readers = List.of();

  @Option(
      names = "--cases",
      split = ",",
      paramLabel = "GLOB",
      description = "Only these cases, as 'classic-*'.")
  private List<String> cases = List.of();

  @Option(
      names = "--pairings",
      split = ",",
      paramLabel = "GLOB",
      description = "Only these pairings, as 'java-*:c-*'.")
  private List<String> pairings = List.of();

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description = "Only the I-th of N parts of the cells.")
  private String shard;

  @Option(
      names = "--format",
      paramLabel = "table|json",
      defaultValue = "table",
      description = "What goes to stdout: a table, or results.json.")
  private Format format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where results.json is written (default: build/results.json).")
  private Path output;

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "Draws the matrix too, as an SVG file.")
  private Path picture;

  @Override
  public Integer call() throws Exception {
    Home home = Home.find();
    Selection selection =
        Selection.of(
            options.registry(home),
            options.runner(),
            new Selection.Filters(writers, readers, cases, pairings, shard));
    Terminal terminal = Terminal.ofThisProcess();
    Results results;
    try (Session session = options.open(home)) {
      results = run(session, selection.cells(), terminal);
    }
    results.write(output != null ? output : home.resultsFile());
    if (picture != null) {
      Files.writeString(picture, new MatrixPicture(results).render());
    }
    System.out.print(
        format == Format.json
            ? Json.pretty(results.json())
            : new MatrixTable(results, terminal).render());
    if (results.isEmpty()) {
      System.err.println(nothingRan(results));
      return 2;
    }
    return results.failed() == 0 ? 0 : 1;
  }

  /** As of a selection in which all is N_A, which is not even begun: it would prove nothing. */
  private static String nothingRan(Results results) {
    return "nothing could run: all "
        + results.cells().size()
        + " cells that were asked for are UNSUPPORTED or N_A"
        + results.cells().stream()
            .filter(cell -> cell.outcome() == Outcome.UNSUPPORTED)
            .findFirst()
            .map(cell -> " (" + cell.reason() + ")")
            .orElse("");
  }

  private static Results run(Session session, List<Cell> cells, Terminal terminal)
      throws Exception {
    Progress progress = new Progress(System.err, terminal);
    session.runner().prepare(peers(cells));
    MatrixRun run = new MatrixRun(session);
    progress.begin("cells", cells.size());
    run.run(cells, (CellResult result) -> progress.step(result.id()));
    progress.end();
    return run.results();
  }

  /** The peers that cells will really run. */
  static List<Peer> peers(List<Cell> cells) {
    return cells.stream()
        .filter(Cell::isRunnable)
        .flatMap(cell -> Stream.of(cell.writer(), cell.reader()))
        .distinct()
        .toList();
  }
}
