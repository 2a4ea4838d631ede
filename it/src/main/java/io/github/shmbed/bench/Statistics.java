// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Medians, percentiles and bootstrap intervals. Latencies are skewed and have outliers: means and
 * standard deviations say little about them, so none over all values are here.
 *
 * <p>The intervals are percentile bootstraps (Efron, "Bootstrap methods", 1979) of the values that
 * are handed in. A caller who measures in rounds hands in one value a round: values of one round
 * resemble one another, and resampling them one by one would make the interval too narrow. Not safe
 * for use by several threads.
 */
public final class Statistics {
  private static final int RESAMPLES = 1_000;
  private static final double CONFIDENCE = 0.95;

  private final SplittableRandom random;

  /** The same seed and the same calls give the same intervals. */
  public Statistics(long seed) {
    random = new SplittableRandom(seed);
  }

  /**
   * The smallest of the values that at least {@code percent} per cent of them do not exceed
   * (nearest rank).
   *
   * @param percent 0 to 100
   */
  public static double percentile(double[] values, double percent) {
    requireSome(values);
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent must be 0 to 100: " + percent);
    }
    double[] sorted = sorted(values);
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.max(rank, 1) - 1];
  }

  /** The middle value; of an even number the mean of the middle two. */
  public static double median(double[] values) {
    requireSome(values);
    return medianOfSorted(sorted(values));
  }

  /**
   * The indices of the values between the quarters: what is left when the smallest and the largest
   * quarter are taken away, at least one.
   *
   * <p>The mean over them is nearly as little moved by outliers as the median, and unlike medians
   * it adds up: the means of the parts over the same iterations are together the mean of the whole.
   */
  public static int[] middleHalf(double[] values) {
    requireSome(values);
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> values[i]))
        .mapToInt(Integer::intValue)
        .skip(values.length / 4)
        .limit(values.length - 2L * (values.length / 4))
        .toArray();
  }

  /** The mean of some of the values. */
  public static double meanAt(double[] values, int[] indices) {
    return Arrays.stream(indices).mapToDouble(i -> values[i]).average().orElseThrow();
  }

  /**
   * The median and its 95 % interval. A single value is an interval of no width: it says nothing
   * about the spread.
   */
  public Interval medianInterval(double[] values) {
    double median = median(values);
    double[] resampled = new double[RESAMPLES];
    double[] draw = new double[values.length];
    for (int i = 0; i < RESAMPLES; i++) {
      for (int k = 0; k < draw.length; k++) {
        draw[k] = values[random.nextInt(values.length)];
      }
      resampled[i] = medianInPlace(draw);
    }
    return interval(median, resampled);
  }

  /**
   * The ratio of two medians and its 95 % interval.
   *
   * <p>Arrays of equal length are taken as pairs (value i of both comes from round i) and resampled
   * together: what disturbed one round disturbed both, and cancels. Arrays of unequal length are
   * resampled apart.
   *
   * @throws IllegalArgumentException when the control's median is not positive
   */
  public Interval ratioOfMedians(double[] values, double[] control) {
    double ratio = median(values) / requirePositive(median(control));
    boolean paired = values.length == control.length;
    double[] resampled = new double[RESAMPLES];
    double[] draw = new double[values.length];
    double[] controlDraw = new double[control.length];
    int count = 0;
    for (int i = 0; i < RESAMPLES; i++) {
      for (int k = 0; k < draw.length; k++) {
        int index = random.nextInt(values.length);
        draw[k] = values[index];
        if (paired) {
          controlDraw[k] = control[index];
        }
      }
      for (int k = 0; !paired && k < controlDraw.length; k++) {
        controlDraw[k] = control[random.nextInt(control.length)];
      }
      double denominator = medianInPlace(controlDraw);
      if (denominator > 0) {
        resampled[count++] = medianInPlace(draw) / denominator;
      }
    }
    return interval(ratio, Arrays.copyOf(resampled, count));
  }

  /**
   * Whether two intervals are too close to call: they overlap. Conservative; never claims a
   * difference that is not there.
   */
  public static boolean noDifference(Interval a, Interval b) {
    return a.overlaps(b);
  }

  private static Interval interval(double value, double[] resampled) {
    Arrays.sort(resampled);
    int cut = (int) Math.floor((1 - CONFIDENCE) / 2 * resampled.length);
    double low = resampled[cut];
    double high = resampled[resampled.length - 1 - cut];
    return new Interval(value, Math.min(low, value), Math.max(high, value));
  }

  private static double medianInPlace(double[] values) {
    Arrays.sort(values);
    return medianOfSorted(values);
  }

  private static double medianOfSorted(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static void requireSome(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values");
    }
  }

  private static double requirePositive(double median) {
    if (!(median > 0)) {
      throw new IllegalArgumentException("the control's median must be positive: " + median);
    }
    return median;
  }
}
