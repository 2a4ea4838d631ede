// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import io.github.shmbed.report.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes series in interleaved rounds and makes rows of them. */
public final class BenchRun {
  private final String bench;
  private final Statistics statistics;
  private final Progress progress;
  private final int warmUps;
  private final Map<String, Set<String>> unsupported = new LinkedHashMap<>();

  /** With one round of warm-up. */
  public BenchRun(String bench, Statistics statistics, Progress progress) {
    this(bench, statistics, progress, 1);
  }

  /**
   * @param warmUps rounds of warm-up: more than one where one series undoes what another one's
   *     warm-up has brought about, as a compiler at run time does
   */
  public BenchRun(String bench, Statistics statistics, Progress progress, int warmUps) {
    this.bench = bench;
    this.statistics = statistics;
    this.progress = progress;
    this.warmUps = warmUps;
  }

  /**
   * The warm-up, then the given number of rounds, in ABBA order.
   *
   * @param rounds made even, see {@link Interleaving#balanced}
   * @return the rows, in the order of the series and of the stages each reports
   */
  public List<BenchRow> take(List<Series> series, int rounds) throws IOException {
    return take(series, rounds, rounds, Duration.ofDays(1));
  }

  /**
   * The same with an end: when the budget is spent no further pair of rounds begins. Each row says
   * how many rounds it has.
   *
   * @param budget for all rounds but the warm-up; at least {@value BenchRow#LEAST_ROUNDS} are taken
   *     whatever it is
   */
  public List<BenchRow> take(List<Series> series, int rounds, Duration budget) throws IOException {
    return take(series, rounds, BenchRow.LEAST_ROUNDS, budget);
  }

  /**
   * The same.
   *
   * @param least rounds that are taken whatever the budget is; at most {@code rounds} are taken
   */
  public List<BenchRow> take(List<Series> series, int rounds, int least, Duration budget)
      throws IOException {
    long startedNs = 0;
    int balanced = Interleaving.balanced(rounds);
    List<Taken> all = new ArrayList<>();
    series.forEach(one -> all.add(new Taken(one)));
    for (int round = -warmUps; round < balanced; round++) {
      boolean spent = round >= 0 && System.nanoTime() - startedNs > budget.toNanos();
      if (spent && round >= least && round % 2 == 0) {
        break;
      }
      if (round == -warmUps) {
        progress.begin(bench + ", warm-up", (long) warmUps * all.size());
      } else if (round == 0) {
        startedNs = System.nanoTime();
        progress.begin(bench, (long) balanced * all.size());
      }
      for (Taken taken : Interleaving.round(all, Math.max(round, 0))) {
        take(taken, round);
        progress.step(taken.series.variant() + " " + taken.series.parameters().values());
      }
    }
    progress.end();
    return rows(all);
  }

  /** What this machine could not do: variant and reason, or several with "; " between them. */
  public Map<String, String> unsupported() {
    Map<String, String> reasons = new LinkedHashMap<>();
    unsupported.forEach((variant, each) -> reasons.put(variant, String.join("; ", each)));
    return reasons;
  }

  private void take(Taken taken, int round) throws IOException {
    if (taken.leftOut) {
      return;
    }
    try {
      Map<String, Measurement> measured = taken.series.taker().take(round);
      if (round >= 0) {
        measured.forEach(
            (stage, one) -> taken.byStage.computeIfAbsent(stage, s -> new ArrayList<>()).add(one));
      }
    } catch (Unsupported e) {
      taken.leftOut = true;
      taken.byStage.clear();
      unsupported
          .computeIfAbsent(taken.series.variant(), variant -> new LinkedHashSet<>())
          .add(e.getMessage());
    }
  }

  private List<BenchRow> rows(List<Taken> all) {
    List<BenchRow> rows = new ArrayList<>();
    for (Taken taken : all) {
      taken.byStage.forEach(
          (stage, measured) ->
              rows.add(row(taken.series, stage, measured, control(all, taken.series, stage))));
    }
    return rows;
  }

  private static List<Measurement> control(List<Taken> all, Series of, String stage) {
    return all.stream()
        .filter(taken -> taken.series.variant().equals(of.control()) && taken.series != of)
        .filter(taken -> taken.series.parameters().equals(of.parameters()))
        .filter(taken -> taken.byStage.containsKey(stage))
        .map(taken -> taken.byStage.get(stage))
        .findFirst()
        .orElse(List.of());
  }

  private BenchRow row(
      Series series, String stage, List<Measurement> measured, List<Measurement> control) {
    double[] medians = medians(measured);
    double[] samples =
        measured.stream().flatMapToDouble(one -> Arrays.stream(one.samplesNs())).toArray();
    Interval median = statistics.medianInterval(medians);
    Interval ratio = null;
    boolean noDifference = false;
    if (!control.isEmpty()) {
      double[] controlMedians = medians(control);
      ratio = statistics.ratioOfMedians(medians, controlMedians);
      noDifference =
          Math.min(medians.length, controlMedians.length) < BenchRow.LEAST_ROUNDS
              || Statistics.noDifference(median, statistics.medianInterval(controlMedians));
    }
    return new BenchRow(
        bench,
        series.variant(),
        stage,
        series.parameters(),
        samples.length,
        measured.size(),
        median,
        Statistics.percentile(samples, 99),
        ratio == null ? null : series.control(),
        ratio,
        noDifference,
        perOperation(measured, measured.stream().mapToLong(Measurement::cpuNs).toArray()),
        perOperation(measured, measured.stream().mapToLong(Measurement::minorFaults).toArray()),
        perOperation(measured, measured.stream().mapToLong(Measurement::majorFaults).toArray()),
        values(measured),
        series.placement());
  }

  /**
   * One value a round, because the values of one round resemble one another (see {@link
   * Statistics}).
   */
  private static double[] medians(List<Measurement> measured) {
    return measured.stream().mapToDouble(one -> Statistics.median(one.samplesNs())).toArray();
  }

  private static Map<String, Double> values(List<Measurement> measured) {
    Map<String, double[]> byName = new LinkedHashMap<>();
    for (int round = 0; round < measured.size(); round++) {
      for (Map.Entry<String, Double> one : measured.get(round).values().entrySet()) {
        byName.computeIfAbsent(one.getKey(), name -> new double[measured.size()])[round] =
            one.getValue();
      }
    }
    Map<String, Double> means = new LinkedHashMap<>();
    byName.forEach((name, each) -> means.put(name, Arrays.stream(each).average().orElseThrow()));
    return means;
  }

  private static double perOperation(List<Measurement> measured, long[] counts) {
    if (Arrays.stream(counts).anyMatch(count -> count < 0)) {
      return -1;
    }
    return (double) Arrays.stream(counts).sum()
        / measured.stream().mapToLong(Measurement::operations).sum();
  }

  private static final class Taken {
    final Series series;
    final Map<String, List<Measurement>> byStage = new LinkedHashMap<>();
    boolean leftOut;

    Taken(Series series) {
      this.series = series;
    }
  }
}
