// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.bench.Cpus;
import io.github.shmbed.cases.Case;
import io.github.shmbed.cases.Cases;
import io.github.shmbed.json.Json;
import io.github.shmbed.ledger.PairMeasurement;
import io.github.shmbed.matrix.Cell;
import io.github.shmbed.matrix.CellRunner;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.KnownFailure;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.registry.Role;
import io.github.shmbed.report.LedgerReport;
import io.github.shmbed.report.StageTable;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Environment;
import io.github.shmbed.result.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./shmbed pair}: one writer, one reader, and where the time went. */
@Command(
    name = "pair",
    description = "Runs one writer against one reader and shows the stages of both.")
public final class PairCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Mixin private ChannelOptions channelOptions;

  @Parameters(
      index = "0",
      paramLabel = "WRITER",
      description = "A writer, as java-posix; ./shmbed list shows all.")
  private String writer;

  @Parameters(index = "1", paramLabel = "READER", description = "A reader, as c-posix.")
  private String reader;

  @Option(names = "--case", paramLabel = "NAME", description = "The case (default: classic-1000B).")
  private String caseName;

  @Option(names = "--size", paramLabel = "<n>B", description = "Short for --case classic-<n>B.")
  private String size;

  @Option(
      names = "--format",
      paramLabel = "table|json",
      defaultValue = "table",
      description = "What goes to stdout.")
  private Format format;

  @Override
  public Integer call() throws Exception {
    Home home = Home.find();
    Optional<PairMeasurement> measurement = channelOptions.measurement();
    Case wanted = measurement.isPresent() ? measured(measurement.get()) : wantedCase();
    Cell cell = cell(options.registry(home), options.runner(), writer, reader, wanted);
    if (cell.notApplicable().isPresent()) {
      throw new UsageError(cell.id() + " is N_A: " + cell.notApplicable().get());
    }
    CellResult result;
    Map<String, Object> json = new LinkedHashMap<>();
    try (Session session = options.open(home, channelOptions.deadline())) {
      session.runner().prepare(MatrixCommand.peers(List.of(cell)));
      CellRunner runner = new CellRunner(session, KnownFailure.load(home.knownFailuresFile()));
      result = runner.run(cell);
      json.put("schema", 1);
      json.put("cell", cell.id());
      json.put("runner", session.runner().name());
      json.put("seed", session.seed());
      json.putAll(result.json());
    }
    if (measurement.isEmpty()) {
      print(json, () -> StageTable.render(result, Terminal.ofThisProcess()));
      return result.isAcceptable() ? 0 : 1;
    }
    LedgerReport report =
        new LedgerReport(result, measurement.get(), Cpus.ofThisProcess().unpinned());
    if (format == Format.json) {
      json.put("environment", Environment.collect(home.path()));
      json.putAll(report.json());
    }
    print(json, () -> report.render(Terminal.ofThisProcess()));
    return report.isValid() || isUnsupported(result) ? 0 : 1;
  }

  /** What this machine or a peer cannot, and says so: no failure, as in the matrix. */
  private static boolean isUnsupported(CellResult result) {
    return result.outcome() == Outcome.UNSUPPORTED && result.isAcceptable();
  }

  private void print(Map<String, Object> json, Supplier<String> table) {
    System.out.print(format == Format.json ? Json.pretty(json) : table.get());
  }

  private Case measured(PairMeasurement measurement) {
    if (size != null || caseName != null) {
      throw new UsageError("either --channel, or --case or --size, not both");
    }
    return measurement;
  }

  private Case wantedCase() {
    if (size != null && caseName != null) {
      throw new UsageError("either --case or --size, not both");
    }
    return findCase(caseName != null ? caseName : "classic-" + (size != null ? size : "1000B"));
  }

  /** The case of this name. */
  static Case findCase(String name) {
    return Cases.find(name)
        .orElseThrow(
            () ->
                new UsageError(
                    "no case is called '"
                        + name
                        + "'; there are: "
                        + String.join(" ", Cases.all().stream().map(Case::name).toList())
                        + ", and classic-<n>B for every n that fits"));
  }

  /** The cell of these names. */
  static Cell cell(Registry registry, String runner, String writer, String reader, Case one) {
    return new Cell(
        peer(registry, runner, writer, Role.WRITER),
        peer(registry, runner, reader, Role.READER),
        one);
  }

  private static Peer peer(Registry registry, String runner, String id, Role role) {
    List<Peer> peers = registry.runningOn(runner).stream().filter(peer -> peer.has(role)).toList();
    return peers.stream()
        .filter(peer -> peer.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageError(
                    "no "
                        + role.id()
                        + " is called '"
                        + id
                        + "' with the "
                        + runner
                        + " runner; there are: "
                        + String.join(" ", peers.stream().map(Peer::id).toList())));
  }
}
