// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RateTest {
  private static final long NS_PER_MS = 1_000_000;

  @Test
  void timesAreAnIntervalApartAndDoNotDrift() {
    Rate rate = new Rate(3);
    rate.start();
    long first = rate.intendedNs(0);
    assertEquals(333_333_333, rate.intendedNs(1) - first);
    assertEquals(666_666_666, rate.intendedNs(2) - first);
    assertEquals(1_000_000_000, rate.intendedNs(3) - first);
  }

  @Test
  void lateIsMoreThanAnIntervalAfterTheTime() {
    Rate rate = new Rate(1000);
    rate.start();
    long[] behindNs = {0, NS_PER_MS, NS_PER_MS + 1, 5 * NS_PER_MS, 0};
    for (int i = 0; i < behindNs.length; i++) {
      rate.sent(rate.intendedNs(i), rate.intendedNs(i) + behindNs[i]);
    }
    assertEquals(2, rate.late());
    assertEquals(1000, rate.achieved(), 1e-9);
  }
}
