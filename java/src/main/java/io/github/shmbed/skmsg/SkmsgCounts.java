// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.skmsg;

/**
 * What the program has counted.
 *
 * @param runs messages that it was run for
 * @param redirected messages that it put into another socket's receive queue
 * @param dropped messages that it dropped
 */
public record SkmsgCounts(long runs, long redirected, long dropped) {
  static final SkmsgCounts NONE = new SkmsgCounts(0, 0, 0);

  /** What was counted since then. */
  public SkmsgCounts minus(SkmsgCounts before) {
    return new SkmsgCounts(
        runs - before.runs, redirected - before.redirected, dropped - before.dropped);
  }

  /** The sums. */
  SkmsgCounts plus(SkmsgCounts more) {
    return new SkmsgCounts(runs + more.runs, redirected + more.redirected, dropped + more.dropped);
  }
}
