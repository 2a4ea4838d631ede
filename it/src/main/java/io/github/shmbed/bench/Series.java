// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.util.Map;

/**
 * One thing that is measured next to others: it becomes one row for each stage that its rounds
 * report.
 *
 * @param variant what is compared, as "c posix-mmap"
 * @param control the variant that its ratio is to; the same parameters and stage
 * @param parameters everything else that tells it apart, as sizeBytes: they go into the row
 * @param placement where it runs
 * @param taker takes one round
 */
public record Series(
    String variant,
    String control,
    Map<String, Object> parameters,
    Placement placement,
    RoundTaker taker) {

  /** Takes one round and gives what it measured, by stage. */
  @FunctionalInterface
  public interface RoundTaker {
    /**
     * @param round from 0; below 0 is the warm-up, whose result is thrown away
     * @throws Unsupported when this machine cannot do it; the series is left out from then on
     */
    Map<String, Measurement> take(int round) throws IOException, Unsupported;
  }

  /**
   * The same thing once more under another name: what its ratio differs from 1 by is the noise of
   * this run.
   */
  public Series again() {
    return new Series(variant + AGAIN, variant, parameters, placement, taker);
  }

  /** Ends the name of an A/A row. */
  public static final String AGAIN = " (A/A)";

  public boolean isAgain() {
    return variant.endsWith(AGAIN);
  }
}
