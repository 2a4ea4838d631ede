// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.bench.BenchResult;
import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Cpus;
import io.github.shmbed.bench.Statistics;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.report.Progress;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code ./shmbed bench chain}: what passing a descriptor on costs, and what passing a payload. */
public final class Chain {
  /** What a process may be written in. */
  public static final List<String> LANGUAGES = List.of("c", "java", "python");

  private static final int ROUNDS = 10;
  private static final int QUICK_ROUNDS = 2;
  private static final Duration BUDGET = Duration.ofSeconds(100);
  private static final List<Long> SIZES =
      List.of(1L << 10, 16L << 10, 256L << 10, 4L << 20, 16L << 20);
  private static final List<Long> QUICK_SIZES = List.of(1L << 10, 1L << 20);

  /**
   * What the user may choose.
   *
   * @param hops processes in the ring, 2 or more
   * @param languages of the processes, over and over again until there are enough
   * @param links empty: all
   * @param sizes of the payload; empty: the usual ones
   * @param quick few rounds of few messages: to see that it works
   * @param pinned whether processes are bound to CPUs after their warm-up
   * @param rounds 0: as many as are usual
   */
  public record Options(
      int hops,
      List<String> languages,
      List<ChainLink> links,
      List<Long> sizes,
      boolean quick,
      boolean pinned,
      int rounds) {}

  private Chain() {}

  /** Measures everything and prints the tables. */
  public static BenchResult run(
      Session session, Options options, Terminal terminal, PrintStream out, Progress progress)
      throws IOException {
    List<String> ring = new ArrayList<>();
    for (int i = 0; i < options.hops; i++) {
      ring.add(options.languages.get(i % options.languages.size()));
    }
    List<Long> usual = options.quick ? QUICK_SIZES : SIZES;
    List<Long> sizes = options.sizes.isEmpty() ? usual : options.sizes;
    List<ChainLink> links = options.links.isEmpty() ? List.of(ChainLink.values()) : options.links;
    Cpus cpus = Cpus.ofThisProcess();
    Placement anywhere = cpus.unpinned();
    Placement placement =
        options.pinned ? cpus.pin(Math.min(options.hops, cpus.allowed().size())) : anywhere;
    out.println("ring: " + String.join(", ", ring) + ", and back to the first");
    out.println(
        "placement: "
            + placement
            + (options.hops > cpus.allowed().size() ? ", shared in turn" : "")
            + "\n");
    BenchRun run = new BenchRun(ChainBench.BENCH, new Statistics(session.seed()), progress);
    List<BenchRow> rows;
    try (ChainProcesses chain = new ChainProcesses(session.home(), ring)) {
      int rounds = options.rounds > 0 ? options.rounds : options.quick ? QUICK_ROUNDS : ROUNDS;
      rows =
          new ChainBench(run, session, chain, anywhere, placement, options.quick)
              .take(links, sizes, rounds, BUDGET);
    }
    ChainReport report = new ChainReport(terminal, rows, links, sizes);
    out.println(report.tables());
    BenchResult result =
        new BenchResult(rows, List.of(), List.of(), report.targets(), run.unsupported());
    out.print(result.conclusion(terminal));
    return result;
  }
}
