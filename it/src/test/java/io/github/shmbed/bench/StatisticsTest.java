// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void theMedianOfAnOddNumberIsTheMiddleValue() {
    assertEquals(3, Statistics.median(new double[] {9, 1, 3}));
  }

  @Test
  void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
    assertEquals(2.5, Statistics.median(new double[] {4, 1, 3, 2}));
  }

  @Test
  void thePercentileIsTheNearestRank() {
    double[] hundred = new double[100];
    Arrays.setAll(hundred, i -> 100 - i);
    assertEquals(99, Statistics.percentile(hundred, 99));
    assertEquals(100, Statistics.percentile(hundred, 100));
    assertEquals(1, Statistics.percentile(hundred, 0));
    assertEquals(7, Statistics.percentile(new double[] {7}, 99));
  }

  @Test
  void nothingHasNoMedian() {
    assertThrows(IllegalArgumentException.class, () -> Statistics.median(new double[0]));
    assertThrows(
        IllegalArgumentException.class, () -> Statistics.percentile(new double[] {1}, 101));
  }

  @Test
  void theMiddleHalfLeavesAQuarterOutAtEachEnd() {
    double[] totals = {90, 10, 30, 20, 40, 80, 50, 60};
    int[] middle = Statistics.middleHalf(totals);
    assertEquals("[2, 4, 6, 7]", Arrays.toString(middle));
    assertEquals(45, Statistics.meanAt(totals, middle));
    assertEquals("[0]", Arrays.toString(Statistics.middleHalf(new double[] {5})));
  }

  @Test
  void meansOfPartsOverTheMiddleHalfOfTheTotalsAddUp() {
    double[] first = skewed(new SplittableRandom(1), 101, 100);
    double[] second = skewed(new SplittableRandom(2), 101, 50);
    double[] totals = new double[first.length];
    Arrays.setAll(totals, i -> first[i] + second[i]);
    int[] middle = Statistics.middleHalf(totals);
    double parts = Statistics.meanAt(first, middle) + Statistics.meanAt(second, middle);
    assertEquals(Statistics.meanAt(totals, middle), parts, 1e-9);
    assertTrue(
        Math.abs(Statistics.median(first) + Statistics.median(second) - Statistics.median(totals))
            > 0.5);
  }

  @Test
  void measuringDoesNotChangeTheValues() {
    double[] values = {3, 1, 2};
    new Statistics(1).medianInterval(values);
    assertEquals("[3.0, 1.0, 2.0]", Arrays.toString(values));
  }

  @Test
  void theSameSeedGivesTheSameInterval() {
    double[] values = skewed(new SplittableRandom(5), 40, 100);
    assertEquals(
        new Statistics(7).medianInterval(values), new Statistics(7).medianInterval(values));
  }

  @Test
  void theIntervalCoversTheTrueMedianAboutAsOftenAsItSays() {
    SplittableRandom random = new SplittableRandom(11);
    Statistics statistics = new Statistics(12);
    double trueMedian = 100 + Math.log(2) * 10;
    int covered = 0;
    for (int i = 0; i < 200; i++) {
      Interval interval = statistics.medianInterval(skewed(random, 30, 100));
      covered += interval.low() <= trueMedian && trueMedian <= interval.high() ? 1 : 0;
    }
    assertTrue(covered >= 180 && covered < 200, covered + " of 200");
  }

  @Test
  void aRatioOfPairsIsNarrowWhereTheDriftIsCommon() {
    double[] control = new double[20];
    double[] values = new double[20];
    for (int i = 0; i < control.length; i++) {
      control[i] = 100 + 20 * i;
      values[i] = control[i] * 2;
    }
    Interval paired = new Statistics(3).ratioOfMedians(values, control);
    assertEquals(2, paired.value(), 1e-9);
    assertEquals(2, paired.low(), 1e-9);
    assertEquals(2, paired.high(), 1e-9);
    Interval apart = new Statistics(3).ratioOfMedians(Arrays.copyOf(values, 19), control);
    assertTrue(apart.high() - apart.low() > 0.5, apart.toString());
  }

  @Test
  void aControlOfZeroHasNoRatio() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Statistics(3).ratioOfMedians(new double[] {1}, new double[] {0}));
  }

  @Test
  void equalThingsShowNoDifferenceAndUnequalOnesDo() {
    Statistics statistics = new Statistics(4);
    Interval a = statistics.medianInterval(skewed(new SplittableRandom(1), 30, 100));
    Interval again = statistics.medianInterval(skewed(new SplittableRandom(2), 30, 100));
    Interval slower = statistics.medianInterval(skewed(new SplittableRandom(3), 30, 150));
    assertTrue(Statistics.noDifference(a, again));
    assertFalse(Statistics.noDifference(a, slower));
    assertFalse(Statistics.noDifference(slower, a));
  }

  /** Values at least {@code least}, with a long tail: exponential, mean 10 above it. */
  private static double[] skewed(SplittableRandom random, int n, double least) {
    double[] values = new double[n];
    Arrays.setAll(values, i -> least - 10 * Math.log(1 - random.nextDouble()));
    return values;
  }
}
