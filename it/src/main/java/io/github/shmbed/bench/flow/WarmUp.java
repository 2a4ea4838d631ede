// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import java.time.Duration;

/**
 * How long the round before the first goes on: until a peer gets no faster, the same rule for all
 * of them, whether they have a compiler at run time or not. Rounds that are measured do everything
 * once.
 */
final class WarmUp {
  /** A gain of less than this part is none. */
  private static final double GAIN = 0.02;

  private final boolean cold;
  private final long endNs;
  private final int least;
  private final int patience;
  private double bestNs = Double.MAX_VALUE;
  private int withoutGain;
  private int done;

  /**
   * @param round below 0: the warm-up
   * @param least times that it is done, whether something is gained or not
   * @param patience how many times in a row nothing may be gained
   * @param most ends it whatever is gained
   */
  WarmUp(int round, int least, int patience, Duration most) {
    cold = round < 0;
    endNs = System.nanoTime() + most.toNanos();
    this.least = least;
    this.patience = patience;
  }

  /**
   * Whether to do it once more.
   *
   * @param typicalNs what it took this time
   */
  boolean goesOn(double typicalNs) {
    if (typicalNs < bestNs * (1 - GAIN)) {
      bestNs = typicalNs;
      withoutGain = 0;
    } else {
      withoutGain++;
    }
    done++;
    boolean enough = withoutGain >= patience && done >= least;
    return cold && !enough && System.nanoTime() - endNs < 0;
  }
}
