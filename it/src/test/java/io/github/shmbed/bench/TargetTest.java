// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.report.Terminal;
import org.junit.jupiter.api.Test;

class TargetTest {
  private static final Terminal PLAIN = new Terminal(100, false, false);

  @Test
  void aNumberAtTheLimitMeetsIt() {
    assertEquals("MET", atMost(1.35, 1.3, 1.4).verdict());
    assertEquals("NOT MET", atMost(1.36, 1.3, 1.4).verdict());
    assertEquals("MET", atLeast(2.5, 2.4, 2.6).verdict());
    assertEquals("NOT MET", atLeast(2.49, 2.4, 2.6).verdict());
  }

  @Test
  void itIsCloseWhenTheLimitLiesWithinTheInterval() {
    assertTrue(atMost(1.3, 1.2, 1.4).isClose());
    assertFalse(atMost(1.2, 1.1, 1.3).isClose());
    assertTrue(atLeast(2.6, 2.4, 2.8).isClose());
    assertFalse(atLeast(2.0, 1.9, 2.1).isClose());
  }

  @Test
  void whatWasMissedIsSaidInFull() {
    assertEquals(
        "NOT MET       create at most 1.35x of C: 1.50x (1.40 to 1.60)",
        atMost(1.5, 1.4, 1.6).line(PLAIN));
    assertEquals("NOT MET", atMost(1.5, 1.4, 1.6).toMap().get("verdict"));
    assertEquals(1.5, atMost(1.5, 1.4, 1.6).toMap().get("measured"));
  }

  @Test
  void whatWasNotMeasuredIsNotMet() {
    Target none = Target.atMost("stages", "create at most 1.35x of C", 1.35, null, 0);
    assertEquals("NOT MEASURED", none.verdict());
    assertFalse(none.isClose());
    assertFalse(none.toMap().containsKey("measured"));
  }

  @Test
  void tooFewRoundsGiveNoVerdict() {
    Interval twice = new Interval(2, 1.9, 2.1);
    assertEquals("NOT MET", Target.atMost("stages", "create", 1.35, twice, 9).verdict());
    Target few = Target.atMost("stages", "create", 1.35, twice, 8);
    assertEquals("NOT MEASURED", few.verdict());
    assertFalse(few.isClose());
    assertEquals("NOT MEASURED  create: 2.00x (1.90 to 2.10), too few rounds: 8", few.line(PLAIN));
    assertEquals(8, few.toMap().get("rounds"));
    assertEquals("NOT MEASURED", Target.atLeast("sizes", "whole", 1, twice, 8).verdict());
  }

  private static Target atMost(double value, double low, double high) {
    return Target.atMost(
        "stages", "create at most 1.35x of C", 1.35, new Interval(value, low, high), 9);
  }

  private static Target atLeast(double value, double low, double high) {
    return Target.atLeast("sizes", "2.5 times as fast", 2.5, new Interval(value, low, high), 9);
  }
}
