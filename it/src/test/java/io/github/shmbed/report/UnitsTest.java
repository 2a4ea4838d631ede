// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class UnitsTest {
  @Test
  void timesHaveThreeDigits() {
    assertEquals("57.1 ns", Units.time(57.12));
    assertEquals("1.23 us", Units.time(1_234));
    assertEquals("456 us", Units.time(456_000));
    assertEquals("12.3 ms", Units.time(12_340_000));
    assertEquals("2.50 s", Units.time(2.5e9));
    assertEquals("-3.00 us", Units.time(-3_000));
  }

  @Test
  void sizesAreInPowersOfTwo() {
    assertEquals("4 KiB", Units.size(4096));
    assertEquals("64 MiB", Units.size(64 << 20));
    assertEquals("1000 B", Units.size(1000));
    assertEquals("1536 KiB", Units.size(1536 << 10));
  }

  @Test
  void countsAreWholeWhereTheyAreLarge() {
    assertEquals("0", Units.count(0));
    assertEquals("16384", Units.count(16384.2));
    assertEquals("0.25", Units.count(0.25));
    assertEquals("1", Units.count(1));
  }
}
