// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import io.github.shmbed.bench.BenchResult;
import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Check;
import io.github.shmbed.bench.MeasuringProcess;
import io.github.shmbed.bench.Statistics;
import io.github.shmbed.registry.Home;
import io.github.shmbed.report.Progress;
import io.github.shmbed.report.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code ./shmbed bench storage}: is shared memory faster than files? docs/storage.md has the
 * answer.
 */
public final class Storage {
  static final String BENCH = "storage";
  private static final int ROUNDS = 10;
  private static final int QUICK_ROUNDS = 4;

  /** On a slow or busy machine there are fewer rounds. */
  private static final Duration LOOPS_BUDGET = Duration.ofSeconds(45);

  private static final int ITERATIONS = 1_000;
  private static final int FULL_ITERATIONS = 10_000;
  private static final int QUICK_ITERATIONS = 100;

  /**
   * What the user may choose.
   *
   * @param quick few rounds, two sizes: to see that it works
   * @param full the original's 10,000 processes of each program
   * @param pinned everything on one CPU
   * @param diskDirectory null: one is looked for
   * @param seed of the intervals' resampling
   */
  public record Options(
      boolean quick, boolean full, boolean pinned, Path diskDirectory, long seed) {}

  private Storage() {}

  /**
   * Measures everything and prints the tables.
   *
   * @param environment gets what the disk is
   */
  public static BenchResult run(
      Home home,
      Options options,
      Map<String, Object> environment,
      Terminal terminal,
      PrintStream out,
      Progress progress)
      throws IOException {
    Statistics statistics = new Statistics(options.seed);
    try (StorageSession session =
        StorageSession.start(home, options.pinned, options.diskDirectory)) {
      Path disk = session.diskDirectory();
      out.println("placement: " + session.placement());
      String fileSystem = disk == null ? "none" : Files.getFileStore(disk).type();
      environment.put("diskFileSystem", fileSystem);
      out.println("disk: " + (disk == null ? "none" : disk + " (" + fileSystem + ")"));
      out.println();

      BenchRun loops = new BenchRun(BENCH, statistics, progress);
      List<BenchRow> rows = loops(session, options, loops);
      StorageReport report = new StorageReport(terminal, rows, StorageBench.sizes(options.quick));
      out.println(report.tables());
      out.println(report.comparison());
      out.println(report.noise());
      out.println();

      BenchRun spawns = new BenchRun(SpawnExperiment.BENCH, statistics, progress);
      Map<String, SpawnExperiment.Iterations> taken = new LinkedHashMap<>();
      List<BenchRow> spawnRows = spawns(session, options, spawns, taken);
      out.println(
          "the original experiment: "
              + iterations(options)
              + " processes of each program, 4096 bytes each");
      out.println(StorageReport.experiment(spawnRows, taken, terminal));
      out.println(terminal.wrap(SpawnExperiment.sentence(taken)));
      out.println();

      List<BenchRow> all = new ArrayList<>(rows);
      all.addAll(spawnRows);
      Map<String, String> unsupported = new LinkedHashMap<>(loops.unsupported());
      unsupported.putAll(spawns.unsupported());
      List<Check> checks =
          SpawnExperiment.decompose(taken).stream()
              .map(SpawnExperiment.Decomposition::check)
              .toList();
      BenchResult result = new BenchResult(all, checks, report.answers(), List.of(), unsupported);
      out.print(result.conclusion(terminal));
      return result;
    }
  }

  private static List<BenchRow> loops(StorageSession session, Options options, BenchRun run)
      throws IOException {
    try (MeasuringProcess c = session.startLoopInC();
        MeasuringProcess java = session.startLoopInJava()) {
      return new StorageBench(run, c, java, session.placement(), session.diskDirectory() != null)
          .take(options.quick, options.quick ? QUICK_ROUNDS : ROUNDS, LOOPS_BUDGET);
    }
  }

  private static List<BenchRow> spawns(
      StorageSession session,
      Options options,
      BenchRun run,
      Map<String, SpawnExperiment.Iterations> taken)
      throws IOException {
    try (MeasuringProcess loop = session.startC("spawn_loop")) {
      Path onTmpfs = session.textOnTmpfs();
      return new SpawnExperiment(run, loop, session.programs(), session.placement(), taken)
          .take(iterations(options), session.textObject(), onTmpfs, session.textOnDisk(), onTmpfs);
    }
  }

  private static int iterations(Options options) {
    return options.full ? FULL_ITERATIONS : options.quick ? QUICK_ITERATIONS : ITERATIONS;
  }
}
