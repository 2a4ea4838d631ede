// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.bench.BenchResult;
import io.github.shmbed.bench.Cpus;
import io.github.shmbed.bench.chain.Chain;
import io.github.shmbed.bench.chain.ChainLink;
import io.github.shmbed.json.Json;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.registry.Home;
import io.github.shmbed.report.Progress;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.Environment;
import io.github.shmbed.result.Results;
import io.github.shmbed.runner.HostRunner;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./shmbed bench chain}: a ring of processes that pass one payload on. */
@Command(
    name = "chain",
    description = {
      "N processes in a ring pass one payload on: in shared memory with the descriptor over unix, skmsg and rtering,"
          + " against whole over UNIX sockets and TCP. Time and CPU of a hop by the payload's size, in a closed loop and"
          + " at a fixed rate. Peers are local processes."
    },
    footer = {
      "",
      "  ./shmbed bench chain --quick                  some seconds, to see that it works",
      "  ./shmbed bench chain --hops 2 --languages c   two processes in C",
      "  ./shmbed bench chain --hops 6                 C, Java, Python, and once more",
      "",
      "Exit code: 0. docs/channels.md explains the numbers."
    })
final class BenchChainCommand implements Callable<Integer> {
  private static final int USUAL_HOPS = 3;
  private static final int MOST_HOPS = 32;
  private static final long LEAST_BYTES = 24;
  private static final long MOST_BYTES = 64L << 20;

  @Option(
      names = "--hops",
      paramLabel = "N",
      description = {
        "Processes in the ring, 2 to 32 (default: 3, or 2 where there are no more CPUs: with one"
            + " for each no wake-up depends on who is where)."
      })
  private Integer hops;

  @Option(
      names = "--languages",
      paramLabel = "L",
      split = ",",
      defaultValue = "c,java,python",
      description = "What they are written in, in turn (default: ${DEFAULT-VALUE}).")
  private List<String> languages;

  @Option(
      names = "--links",
      paramLabel = "NAME",
      split = ",",
      description = "Some links only: unix, skmsg, rtering, unix-whole, tcp-whole (default: all).")
  private List<String> links = List.of();

  @Option(
      names = "--sizes",
      paramLabel = "S",
      split = ",",
      description = "Sizes of the payload, multiples of 8 (default: 1K,16K,256K,4M,16M).")
  private List<String> sizes = List.of();

  @Option(
      names = "--quick",
      description = "Few rounds of few messages, some seconds: to see that it works.")
  private boolean quick;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds, made even (default: 10, fewer when the time is spent).")
  private int rounds;

  @Option(names = "--no-pin", description = "Leave the processes unbound.")
  private boolean noPin;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the intervals' resampling (default: random, recorded).")
  private Long seed;

  @Option(
      names = "--format",
      paramLabel = "table|json",
      defaultValue = "table",
      description = "What goes to stdout: tables, or results.json.")
  private Format format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where results.json is written (default: build/bench/chain/results.json).")
  private Path output;

  @Override
  public Integer call() throws Exception {
    Chain.Options options =
        new Chain.Options(
            checkedHops(), checkedLanguages(), found(), bytes(), quick, !noPin, rounds);
    Home home = Home.find();
    Terminal terminal = Terminal.ofThisProcess();
    Progress progress = new Progress(System.err, terminal);
    Map<String, Object> environment = Environment.collect(home.path());
    environment.put("startedAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    environment.put("loadAverage", FlowOptions.loadAverage());
    PrintStream out =
        format == Format.json ? new PrintStream(OutputStream.nullOutputStream()) : System.out;
    BenchResult result;
    try (Session session =
        Session.open(home, run -> new HostRunner(home.path()), seed, Session.DEFAULT_DEADLINE)) {
      environment.put("runner", session.runner().name());
      environment.put("seed", session.seed());
      out.println(
          "runner: "
              + session.runner().name()
              + "; load average: "
              + environment.get("loadAverage"));
      result = Chain.run(session, options, terminal, out, progress);
    }
    Map<String, Object> json = result.json(environment);
    Path file = output != null ? output : home.path().resolve("build/bench/chain/results.json");
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

  private int checkedHops() throws IOException {
    if (hops == null) {
      hops = Cpus.ofThisProcess().allowed().size() < USUAL_HOPS ? 2 : USUAL_HOPS;
    }
    if (hops < 2 || hops > MOST_HOPS) {
      throw new UsageError("--hops is 2 to " + MOST_HOPS + ", not " + hops);
    }
    if (rounds < 0) {
      throw new UsageError("--rounds is 1 or more, not " + rounds);
    }
    return hops;
  }

  private List<String> checkedLanguages() {
    for (String language : languages) {
      if (!Chain.LANGUAGES.contains(language)) {
        throw new UsageError(
            "--languages are " + String.join(", ", Chain.LANGUAGES) + ", not " + language);
      }
    }
    return languages;
  }

  private List<ChainLink> found() {
    return links.stream()
        .map(
            id ->
                ChainLink.find(id)
                    .orElseThrow(
                        () ->
                            new UsageError(
                                "no link is called '"
                                    + id
                                    + "'; there are: "
                                    + Arrays.stream(ChainLink.values())
                                        .map(ChainLink::id)
                                        .collect(Collectors.joining(" ")))))
        .toList();
  }

  private List<Long> bytes() {
    List<Long> bytes =
        sizes.stream().map(size -> ByteSize.parse("--sizes", size)).sorted().distinct().toList();
    for (long size : bytes) {
      if (size < LEAST_BYTES || size > MOST_BYTES || size % Long.BYTES != 0) {
        throw new UsageError("--sizes are multiples of 8 from 24 to 64M, not " + size);
      }
    }
    return bytes;
  }
}
