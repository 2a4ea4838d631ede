// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.bench.BenchResult;
import io.github.shmbed.bench.flow.Flow;
import io.github.shmbed.json.Json;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.report.Progress;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.Environment;
import io.github.shmbed.result.Results;
import io.github.shmbed.runner.RunnerUnavailable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the benches that measure the flow, and what these commands have in common. */
final class FlowOptions {
  @Mixin private RunOptions run;

  @Option(
      names = "--quick",
      description = "Few rounds of few messages, some seconds: to see that it works.")
  private boolean quick;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "Rounds, made even (default: 10; but for channels fewer when the time is spent).")
  private int rounds;

  @Option(names = "--no-pin", description = "Leave the processes unbound.")
  private boolean noPin;

  @Option(
      names = "--format",
      paramLabel = "table|json",
      defaultValue = "table",
      description = "What goes to stdout: tables, or results.json.")
  private Format format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where results.json is written (default: build/bench/<name>/results.json).")
  private Path output;

  /** One of {@link Flow}'s benches. */
  interface Bench {
    BenchResult run(Flow flow) throws IOException, RunnerUnavailable;
  }

  /** Runs it, prints and writes what it found. Exit code 1 when a check is INVALID. */
  int run(String name, Bench bench) throws IOException, RunnerUnavailable {
    if (rounds < 0) {
      throw new UsageError("--rounds is 1 or more, not " + rounds);
    }
    Home home = Home.find();
    Terminal terminal = Terminal.ofThisProcess();
    Progress progress = new Progress(System.err, terminal);
    Map<String, Object> environment = Environment.collect(home.path());
    environment.put("startedAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    environment.put("loadAverage", loadAverage());
    PrintStream out =
        format == Format.json ? new PrintStream(OutputStream.nullOutputStream()) : System.out;
    BenchResult result;
    try (Session session = run.open(home)) {
      environment.put("runner", session.runner().name());
      environment.put("seed", session.seed());
      Registry registry = run.registry(home);
      environment.put(
          "inContainers",
          registry.runningOn(session.runner().name()).stream()
              .filter(peer -> session.runner().name().equals("docker") && peer.inContainer())
              .map(Peer::id)
              .toList());
      out.println("runner: " + session.runner().name() + "; load average: " + loadAverage());
      Flow flow =
          new Flow(
              session, registry, new Flow.Options(quick, !noPin, rounds), terminal, out, progress);
      result = bench.run(flow);
      environment.putAll(session.runner().environment());
    }
    Map<String, Object> json = result.json(environment);
    Path file =
        output != null ? output : home.path().resolve("build/bench/" + name + "/results.json");
    Results.write(file, json);
    if (format == Format.json) {
      System.out.print(Json.pretty(json));
    } else {
      System.out.printf(
          "%n%d rows in %.0f s, written to %s%n",
          result.rows().size(), progress.elapsedSeconds(), file);
    }
    return result.isValid() ? 0 : 1;
  }

  /** Of the last 1, 5 and 15 minutes; proc_loadavg(5). */
  static String loadAverage() throws IOException {
    String[] fields = Files.readString(Path.of("/proc/loadavg")).split(" ");
    return fields[0] + " " + fields[1] + " " + fields[2];
  }
}
