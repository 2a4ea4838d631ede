// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.matrix.Cell;
import io.github.shmbed.matrix.CellRunner;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.KnownFailure;
import io.github.shmbed.report.StageTable;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.CellResult;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ./shmbed repro}: one cell again, with everything that was done and said. */
@Command(
    name = "repro",
    description = "Runs one cell and shows everything: command lines to paste, answers, stderr.")
public final class ReproCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Parameters(
      index = "0",
      paramLabel = "CELL",
      description = "A cell's id, as java-posix:c-posix:classic-1000B.")
  private String id;

  @Override
  public Integer call() throws Exception {
    String[] parts = id.split(":", -1);
    if (parts.length != 3) {
      throw new UsageError("a cell is WRITER:READER:CASE, not '" + id + "'");
    }
    Home home = Home.find();
    Cell cell =
        PairCommand.cell(
            options.registry(home),
            options.runner(),
            parts[0],
            parts[1],
            PairCommand.findCase(parts[2]));
    System.out.println("cell         " + cell.id());
    System.out.println("description  " + cell.exchange().description());
    System.out.println("expectation  " + cell.exchange().expectation());
    CellResult result;
    try (Session session = options.open(home)) {
      System.out.println("runner       " + session.runner().name() + ", seed " + session.seed());
      System.out.println();
      session.runner().prepare(MatrixCommand.peers(List.of(cell)));
      result = new CellRunner(session, KnownFailure.load(home.knownFailuresFile())).run(cell);
    }
    result.log().forEach(System.out::println);
    System.out.println();
    System.out.print(StageTable.render(result, Terminal.ofThisProcess()));
    return result.isAcceptable() ? 0 : 1;
  }
}
