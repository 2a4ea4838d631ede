// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

/** An estimate and the ends of its confidence interval: {@code low <= value <= high}. */
public record Interval(double value, double low, double high) {

  public boolean overlaps(Interval other) {
    return low <= other.high && other.low <= high;
  }

  /** The ratio of two positive values that were measured apart: as wide as it can be. */
  public Interval dividedBy(Interval other) {
    return new Interval(value / other.value, low / other.high, high / other.low);
  }

  /** Half the interval's width as a part of the value: 0.02 is "plus or minus 2 %". */
  public double relativeSpread() {
    return value == 0 ? 0 : (high - low) / 2 / Math.abs(value);
  }
}
