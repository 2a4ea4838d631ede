// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.report.Progress;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchRunTest {
  private static final Placement PLACEMENT = new Placement(List.of(0), true, false, false);
  private static final Map<String, Object> SIZE = Map.of("sizeBytes", 4096L);

  private final BenchRun run = new BenchRun("test", new Statistics(1), quiet());

  @Test
  void theOrderIsAbbaAfterOneWarmUp() throws IOException {
    List<String> order = new ArrayList<>();
    Series a = series("a", null, round -> note(order, "a" + round, 1));
    Series b = series("b", "a", round -> note(order, "b" + round, 2));
    run.take(List.of(a, b), 2);
    assertEquals(List.of("a-1", "b-1", "a0", "b0", "b1", "a1"), order);
  }

  @Test
  void severalWarmUpsTakeTheSeriesInTurn() throws IOException {
    List<String> order = new ArrayList<>();
    Series a = series("a", null, round -> note(order, "a" + round, 1));
    Series b = series("b", "a", round -> note(order, "b" + round, 2));
    BenchRow row =
        new BenchRun("test", new Statistics(1), quiet(), 2).take(List.of(a, b), 2).get(0);
    assertEquals(List.of("a-2", "b-2", "a-1", "b-1", "a0", "b0", "b1", "a1"), order);
    assertEquals(2, row.rounds());
  }

  @Test
  void aSpentBudgetEndsTheRunAfterAPairOfRounds() throws IOException {
    BenchRow row =
        run.take(List.of(series("a", null, round -> times(1))), 10, Duration.ZERO).get(0);
    assertEquals(4, row.rounds());
  }

  @Test
  void theLeastRoundsAreTakenWhateverTheBudgetIs() throws IOException {
    List<Series> one = List.of(series("a", null, round -> times(1)));
    assertEquals(10, run.take(one, 20, 10, Duration.ZERO).get(0).rounds());
    assertEquals(2, run.take(one, 2, 10, Duration.ZERO).get(0).rounds());
  }

  @Test
  void tooFewRoundsTellNoDifference() throws IOException {
    Series control = series("a", null, round -> times(100));
    Series twice = series("b", "a", round -> times(200));
    BenchRow few = run.take(List.of(control, twice), 2).get(1);
    assertTrue(few.noDifference());
    assertFalse(few.hasSpread());
    BenchRow enough = run.take(List.of(control, twice), 4).get(1);
    assertFalse(enough.noDifference());
    assertTrue(enough.hasSpread());
  }

  @Test
  void theWarmUpIsNotInTheRow() throws IOException {
    BenchRow row =
        run.take(List.of(series("a", null, round -> times(round < 0 ? 1e9 : 100))), 4).get(0);
    assertEquals(new Interval(100, 100, 100), row.medianNs());
    assertEquals(4, row.n());
    assertEquals(4, row.rounds());
    assertNull(row.ratio());
  }

  @Test
  void theRatioIsToTheControlOfTheSameParameters() throws IOException {
    Series control = series("a", null, round -> times(100 + round));
    Series otherSize = new Series("a", null, Map.of("sizeBytes", 1L), PLACEMENT, round -> times(7));
    Series twice = series("b", "a", round -> times(200 + 2 * round));
    BenchRow row = run.take(List.of(otherSize, control, twice), 10).get(2);
    assertEquals("a", row.control());
    assertEquals(2, row.ratio().value(), 1e-9);
    assertFalse(row.noDifference());
  }

  @Test
  void stagesOfOneVariantMayComeFromSeveralSeries() throws IOException {
    Series readControl = series("a", null, round -> times(100));
    Series writeControl = series("a", null, round -> Map.of("write", Measurement.ofTimes(10)));
    Series write = series("b", "a", round -> Map.of("write", Measurement.ofTimes(30)));
    assertEquals(
        3, run.take(List.of(readControl, writeControl, write), 2).get(2).ratio().value(), 1e-9);
  }

  @Test
  void theControlAgainSaysNoDifference() throws IOException {
    Series control = series("a", null, round -> times(100 + round % 3));
    BenchRow again = run.take(List.of(control, control.again()), 10).get(1);
    assertEquals("a (A/A)", again.variant());
    assertEquals("a", again.control());
    assertTrue(again.noDifference());
    assertTrue(again.ratio().low() <= 1 && 1 <= again.ratio().high(), again.ratio().toString());
  }

  @Test
  void whatTheMachineCannotDoIsNamedAndHasNoRow() throws IOException {
    List<Integer> asked = new ArrayList<>();
    Series huge =
        series(
            "huge",
            "a",
            round -> {
              asked.add(round);
              throw new Unsupported("no huge pages");
            });
    List<BenchRow> rows = run.take(List.of(series("a", null, round -> times(1)), huge), 4);
    assertEquals(1, rows.size());
    assertEquals(Map.of("huge", "no huge pages"), run.unsupported());
    assertEquals(List.of(-1), asked);
  }

  @Test
  void everyReasonOfAVariantIsSaidOnce() throws IOException {
    List<Series> series = new ArrayList<>();
    for (String why : List.of("skmsg: not here", "rtering: no DPDK", "skmsg: not here")) {
      series.add(
          series(
              "a",
              null,
              round -> {
                throw new Unsupported(why);
              }));
    }
    run.take(series, 4);
    assertEquals(Map.of("a", "skmsg: not here; rtering: no DPDK"), run.unsupported());
  }

  @Test
  void countersAreAnOperation() throws IOException {
    Series counted =
        series(
            "a",
            null,
            round -> Map.of("read", new Measurement(new double[] {10, 12}, 20, 400, 5, 0)));
    BenchRow row = run.take(List.of(counted), 2).get(0);
    assertEquals(20, row.cpuNs());
    assertEquals(0.25, row.minorFaults());
    assertEquals(0, row.majorFaults());
    assertEquals(4, row.n());
  }

  @Test
  void aRowHasTheFieldsOfResultsJson() throws IOException {
    Series control = series("a", null, round -> times(1234.56));
    Map<String, Object> row =
        run.take(List.of(control, series("b", "a", round -> times(12.345))), 4).get(1).toMap();
    assertEquals("test", row.get("bench"));
    assertEquals("b", row.get("variant"));
    assertEquals("read", row.get("stage"));
    assertEquals(4096L, row.get("sizeBytes"));
    assertEquals(4, row.get("n"));
    assertEquals(12.3, row.get("medianNs"));
    assertEquals(12.3, row.get("p99Ns"));
    assertEquals(0.01, row.get("ratio"));
    assertEquals(0.01, row.get("ratioLow"));
    assertEquals(0.01, row.get("ratioHigh"));
    assertEquals(false, row.get("noDifference"));
    assertFalse(row.containsKey("minorFaults"));
    assertEquals(
        Map.of("cpus", List.of(0), "pinned", true, "smt", false, "sharedCore", false),
        row.get("placement"));
  }

  private static Series series(String variant, String control, Series.RoundTaker taker) {
    return new Series(variant, control, SIZE, PLACEMENT, taker);
  }

  private static Map<String, Measurement> note(List<String> order, String what, double ns) {
    order.add(what);
    return times(ns);
  }

  private static Map<String, Measurement> times(double ns) {
    return Map.of("read", Measurement.ofTimes(ns));
  }

  private static Progress quiet() {
    return new Progress(
        new PrintStream(OutputStream.nullOutputStream()), new Terminal(80, false, false));
  }
}
