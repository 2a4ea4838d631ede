// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final Duration LONG = Duration.ofDays(1);

  @Test
  void aMeasuredRoundDoesEverythingOnce() {
    assertFalse(new WarmUp(0, 100, 100, LONG).goesOn(1));
  }

  @Test
  void theWarmUpEndsWhenNothingIsGainedSeveralTimesInARow() {
    WarmUp warmUp = new WarmUp(-1, 0, 2, LONG);
    assertTrue(warmUp.goesOn(100));
    assertTrue(warmUp.goesOn(99)); // less than 2 %
    assertTrue(warmUp.goesOn(90)); // faster: it starts to count again
    assertTrue(warmUp.goesOn(95));
    assertFalse(warmUp.goesOn(90));
  }

  @Test
  void aGainThatNeverEndsIsCutOff() {
    assertFalse(new WarmUp(-1, 9, 2, Duration.ZERO).goesOn(100));
  }

  @Test
  void whatIsCompiledLateIsWaitedFor() {
    WarmUp warmUp = new WarmUp(-1, 4, 1, LONG);
    assertTrue(warmUp.goesOn(100));
    assertTrue(warmUp.goesOn(100));
    assertTrue(warmUp.goesOn(100));
    assertFalse(warmUp.goesOn(100));
  }
}
