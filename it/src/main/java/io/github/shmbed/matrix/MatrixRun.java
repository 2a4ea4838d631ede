// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.registry.KnownFailure;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Environment;
import io.github.shmbed.result.Results;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Runs cells one after the other and collects what came out. */
public final class MatrixRun {
  /** Hears of every cell as it ends. */
  public interface Listener {
    void ended(CellResult result);
  }

  private final Session session;
  private final CellRunner cellRunner;
  private final CompletableFuture<Map<String, Object>> machine;
  private final Instant started = Instant.now();
  private final long startedNs = System.nanoTime();
  private final List<CellResult> results = new ArrayList<>();

  /** Begins a run; the time counts from here. */
  public MatrixRun(Session session) throws IOException {
    this.session = session;
    this.cellRunner =
        new CellRunner(session, KnownFailure.load(session.home().knownFailuresFile()));
    this.machine = CompletableFuture.supplyAsync(() -> Environment.collect(session.home().path()));
  }

  /** Starts the programs that these cells need, without waiting for them. */
  public void start(List<Cell> cells) {
    cellRunner.start(cells);
  }

  /** Runs one cell. */
  public CellResult run(Cell cell) {
    CellResult result = cellRunner.run(cell);
    results.add(result);
    return result;
  }

  /** Runs all of them. */
  public void run(List<Cell> cells, Listener listener) {
    start(cells);
    for (Cell cell : cells) {
      listener.ended(run(cell));
    }
  }

  /** What came out until now. */
  public Results results() {
    Map<String, Object> environment = new LinkedHashMap<>(machine.join());
    environment.put("runner", session.runner().name());
    environment.putAll(session.runner().environment());
    environment.put("seed", session.seed());
    environment.put("runId", session.run().id().toString());
    environment.put("started", started.truncatedTo(ChronoUnit.SECONDS).toString());
    environment.put("durationNs", System.nanoTime() - startedNs);
    return new Results(environment, List.copyOf(results), List.of());
  }
}
