// SPDX-License-Identifier: Apache-2.0
// An open loop: when each measured message is meant to be sent, and how well that was kept.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;

/**
 * The schedule of {@code --rate} (peers/CONTRACT.md, section 9). Not thread-safe; allocates nothing
 * after construction.
 */
final class Rate {
  private static final long NS_PER_SECOND = 1_000_000_000;

  private final long perSecond;
  private long startNs;
  private long firstSentNs;
  private long lastSentNs;
  private long sent;
  private long late;

  Rate(long perSecond) {
    this.perSecond = perSecond;
  }

  /** The measured messages begin now. */
  void start() {
    startNs = Ledger.nowNs();
  }

  /** When measured message i (from 0) is meant to be sent. */
  long intendedNs(long index) {
    return startNs + index * NS_PER_SECOND / perSecond;
  }

  /** A measured message was sent. */
  void sent(long intendedNs, long sentNs) {
    firstSentNs = sent == 0 ? sentNs : firstSentNs;
    lastSentNs = sentNs;
    sent++;
    if (sentNs - intendedNs > NS_PER_SECOND / perSecond) {
      late++;
    }
  }

  /** Messages per second between the first and the last send. */
  double achieved() {
    return (sent - 1) * (double) NS_PER_SECOND / (lastSentNs - firstSentNs);
  }

  /** Messages sent more than one interval after their time. */
  long late() {
    return late;
  }
}
