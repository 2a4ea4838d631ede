// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Check;
import io.github.shmbed.bench.Measurement;
import io.github.shmbed.bench.MeasuringProcess;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Statistics;
import io.github.shmbed.report.Units;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * The original experiment: a fresh process for each read of 4096 bytes. Each program runs as it is,
 * for its total, and in a build that takes time stamps, for the parts; the parts must add up to the
 * total of the build without stamps.
 */
final class SpawnExperiment {
  /** How far the parts may be from the total. */
  static final double TOLERANCE = 0.05;

  /** How far apart totals may be that are called alike. */
  static final double ALIKE = 0.10;

  static final String BENCH = "storage-spawn";
  static final String CONTROL = "empty";
  private static final String DD = "dd";

  /** Starts dd and copies nothing: its control. */
  private static final String DD_NOTHING = "dd count=0";

  private static final String STAMPED_TOTAL = "stampedTotal";
  private static final String STATIC = "empty, static";
  private static final String INSIDE = " (in one process)";

  /** Short turns: what disturbs the machine then disturbs all programs alike. */
  private static final int MOST_ROUNDS = 100;

  private static final int LEAST_PER_ROUND = 10;

  private final BenchRun run;
  private final MeasuringProcess loop;
  private final Path programs;
  private final Placement placement;
  private final Map<String, Iterations> taken;

  /**
   * One program of the experiment.
   *
   * @param stampedName its build with time stamps; null when it is not ours
   * @param inside how spawn_loop does the same read itself; null when it does not
   */
  private record Program(
      String title, List<String> command, String stampedName, List<String> inside) {}

  /**
   * @param loop spawn_loop
   * @param programs peers/c/storage
   * @param taken gets every iteration, by the names of the series
   */
  SpawnExperiment(
      BenchRun run,
      MeasuringProcess loop,
      Path programs,
      Placement placement,
      Map<String, Iterations> taken) {
    this.run = run;
    this.loop = loop;
    this.programs = programs;
    this.placement = placement;
    this.taken = taken;
  }

  /**
   * Starts everything.
   *
   * @param iterations of each program
   * @param shmName of the object with the text
   * @param tmpfsFile a file with the same text
   * @param diskFile another; null when there is no disk
   * @param ddFile what dd copies
   */
  List<BenchRow> take(int iterations, String shmName, Path tmpfsFile, Path diskFile, Path ddFile)
      throws IOException {
    List<Program> all = new ArrayList<>();
    all.add(new Program(CONTROL, List.of(path("empty")), "empty.stamped", null));
    all.add(program("shm_read", "", shmName, "shm"));
    all.add(program("file_read", ", tmpfs", tmpfsFile.toString(), "file"));
    if (diskFile != null) {
      all.add(program("file_read", ", disk", diskFile.toString(), "file"));
    }
    all.add(
        new Program(DD, List.of(findDd(), "if=" + ddFile, "of=/dev/null", "bs=4M"), null, null));
    all.add(
        new Program(
            DD_NOTHING,
            List.of(findDd(), "if=" + ddFile, "of=/dev/null", "bs=4M", "count=0"),
            null,
            null));
    int rounds = Math.max(2, Math.min(MOST_ROUNDS, iterations / LEAST_PER_ROUND));
    int perRound = iterations / rounds;
    List<Series> series = new ArrayList<>();
    for (Program program : all) {
      String control = program.title.equals(CONTROL) ? null : CONTROL;
      if (program.stampedName == null) {
        series.add(series(program.title, control, perRound, "spawn", program.command));
        continue;
      }
      List<String> both = new ArrayList<>(List.of(path(program.stampedName)));
      both.addAll(program.command);
      series.add(series(program.title, control, perRound, "both", both));
    }
    series.add(series(CONTROL + Series.AGAIN, CONTROL, perRound, "spawn", all.get(0).command));
    for (Program program : all) {
      if (program.inside != null) {
        series.add(series(program.title + INSIDE, null, perRound, "inside", program.inside));
      }
    }
    if (Files.isExecutable(Path.of(path("empty.static")))) {
      series.add(series(STATIC, null, perRound, "stamped", List.of(path("empty.static"))));
    }
    return run.take(series, rounds);
  }

  private Program program(String name, String where, String argument, String kind) {
    return new Program(
        name + where, List.of(path(name), argument), name + ".stamped", List.of(kind, argument));
  }

  private Series series(
      String variant, String control, int count, String request, List<String> command) {
    List<Object> words = new ArrayList<>(List.of(request, count));
    words.addAll(command);
    Series.RoundTaker taker =
        round -> {
          Map<String, Measurement> measured =
              MeasuringProcess.measurements(loop.ask(words.toArray()));
          if (round >= 0) {
            taken.computeIfAbsent(variant, name -> new Iterations()).add(measured);
          }
          return measured;
        };
    return new Series(variant, control, Map.of("sizeBytes", 4096L), placement, taker);
  }

  private String path(String program) {
    return programs.resolve(program).toString();
  }

  private static String findDd() throws IOException {
    for (String directory : System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
      Path dd = Path.of(directory, "dd");
      if (Files.isExecutable(dd)) {
        return dd.toString();
      }
    }
    throw new IOException("dd is not on the PATH (package coreutils)");
  }

  /**
   * One iteration of one program, taken apart: ns, means over the middle half of the iterations by
   * their total.
   *
   * @param totalNs of the program without time stamps
   * @param forkExecNs from posix_spawn to main of a static program; with the linking when there is
   *     no static build
   * @param linkingNs what the dynamic program takes longer to get to main; 0 when not told apart
   * @param mainNs main: open, read or map, print
   * @param exitNs from the end of main to the return of wait4 in the parent
   * @param insideNs the same read in a loop within one process; negative when there is none
   */
  record Decomposition(
      String program,
      double totalNs,
      double forkExecNs,
      double linkingNs,
      double mainNs,
      double exitNs,
      double insideNs) {

    double sumNs() {
      return forkExecNs + linkingNs + mainNs + exitNs;
    }

    /** What the parts miss of the total, as a part of it; negative when they are more. */
    double residual() {
      return (totalNs - sumNs()) / totalNs;
    }

    Check check() {
      boolean holds = Math.abs(residual()) <= TOLERANCE;
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("program", program);
      values.put("totalNs", Math.round(totalNs));
      values.put("forkExecNs", Math.round(forkExecNs));
      values.put("linkingNs", Math.round(linkingNs));
      values.put("mainNs", Math.round(mainNs));
      values.put("exitNs", Math.round(exitNs));
      values.put("residual", Math.round(residual() * 1e4) / 1e4);
      return new Check(
          BENCH,
          "the parts of " + program + " add up",
          holds,
          String.format(
              Locale.ROOT,
              "%s: the parts are %s, the total is %s: %s apart (at most %s)",
              program,
              Units.time(sumNs()),
              Units.time(totalNs),
              Units.percent(Math.abs(residual())),
              Units.percent(TOLERANCE)),
          values);
    }
  }

  /** Takes every program apart that has a build with time stamps. */
  static List<Decomposition> decompose(Map<String, Iterations> taken) {
    List<Decomposition> all = new ArrayList<>();
    taken.forEach(
        (program, iterations) -> {
          if (iterations.hasParts() && !program.equals(STATIC)) {
            double toMainNs = iterations.partNs("toMain");
            double forkExecNs =
                taken.containsKey(STATIC) ? taken.get(STATIC).partNs("toMain") : toMainNs;
            Iterations inside = taken.get(program + INSIDE);
            all.add(
                new Decomposition(
                    program,
                    iterations.totalNs(),
                    forkExecNs,
                    toMainNs - forkExecNs,
                    iterations.partNs("main"),
                    iterations.partNs("exit"),
                    inside == null ? -1 : inside.totalNs()));
          }
        });
    return all;
  }

  /** Every iteration of one series: the same index in every stage is the same iteration. */
  static final class Iterations {
    private final Map<String, double[]> byStage = new LinkedHashMap<>();

    void add(Map<String, Measurement> round) {
      round.forEach(
          (stage, one) ->
              byStage.merge(
                  stage,
                  one.samplesNs(),
                  (before, more) ->
                      DoubleStream.concat(Arrays.stream(before), Arrays.stream(more)).toArray()));
    }

    boolean hasParts() {
      return byStage.containsKey(STAMPED_TOTAL);
    }

    /** Of the program without time stamps, over the middle half of its iterations. */
    double totalNs() {
      return meanNs("total", "total");
    }

    /** Of the program with time stamps, over the middle half of its iterations by their total. */
    double partNs(String stage) {
      return meanNs(stage, STAMPED_TOTAL);
    }

    private double meanNs(String stage, String by) {
      return Statistics.meanAt(byStage.get(stage), Statistics.middleHalf(byStage.get(by)));
    }
  }

  /** Why the totals came out alike, or that they did not. */
  static String sentence(Map<String, Iterations> taken) {
    List<Decomposition> parts = decompose(taken);
    List<Decomposition> readers =
        parts.stream().filter(one -> !one.program.equals(CONTROL)).toList();
    double least = readers.stream().mapToDouble(Decomposition::totalNs).min().orElseThrow();
    double most = readers.stream().mapToDouble(Decomposition::totalNs).max().orElseThrow();
    double emptyNs = taken.get(CONTROL).totalNs();
    double share = readers.stream().mapToDouble(one -> emptyNs / one.totalNs).min().orElseThrow();
    Decomposition shm =
        readers.stream().filter(one -> one.program.equals("shm_read")).findFirst().orElseThrow();
    if (share < 0.5) {
      return "On this machine the process does not rule the totals: an empty one is only "
          + Units.percent(share)
          + " of them.";
    }
    boolean alike = (most - least) / most <= ALIKE;
    double ddNs = taken.get(DD).totalNs();
    double ddNothingNs = taken.get(DD_NOTHING).totalNs();
    return String.format(
        Locale.ROOT,
        "The readers' totals are %salike (%s to %s)%s at least %s of each is the price of a process, which an empty"
            + " program pays too (%s): the loop measured fork, exec, linking and exit; main of shm_read takes %s of it, and the same read"
            + " inside a running process %s. dd's total is %s, and %s when it copies nothing: %s of it is its own start and end.",
        alike ? "" : "not ",
        Units.time(least),
        Units.time(most),
        alike ? " because" : ", although",
        Units.percent(share),
        Units.time(emptyNs),
        Units.time(shm.mainNs),
        Units.time(shm.insideNs),
        Units.time(ddNs),
        Units.time(ddNothingNs),
        Units.percent(Math.min(1, ddNothingNs / ddNs)));
  }
}
