// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CasesTest {
  @Test
  void everyCaseSaysWhatItDoesAndExpects() {
    Set<String> names = new HashSet<>();
    for (Case one : Cases.all()) {
      assertTrue(one.name().matches("[a-z0-9-]+B?"), one.name());
      assertTrue(names.add(one.name()), one.name());
      assertFalse(
          one.title().isBlank() || one.description().isBlank() || one.expectation().isBlank(),
          one.name());
      assertEquals(one.name(), Cases.find(one.name()).orElseThrow().name());
    }
  }

  @Test
  void everySizeThatFitsIsACase() {
    assertEquals("classic-777B", Cases.find("classic-777B").orElseThrow().name());
    assertTrue(Cases.find("classic-8388608B").isPresent());
    for (String name :
        new String[] {"classic-0B", "classic-8388609B", "classic-01B", "classic-B", "nonsense"}) {
      assertTrue(Cases.find(name).isEmpty(), name);
    }
  }

  @Test
  void payloadsDependOnSeedCellAndPosition() {
    byte[] bytes = new Payload(1, "a:b:c").bytes(4096);
    assertArrayEquals(bytes, new Payload(1, "a:b:c").bytes(4096));
    assertArrayEquals(Arrays.copyOf(bytes, 100), new Payload(1, "a:b:c").bytes(100));
    assertFalse(Arrays.equals(bytes, new Payload(2, "a:b:c").bytes(4096)));
    assertFalse(Arrays.equals(bytes, new Payload(1, "a:b:d").bytes(4096)));
    assertFalse(
        Arrays.equals(Arrays.copyOfRange(bytes, 0, 64), Arrays.copyOfRange(bytes, 64, 128)));
  }

  @Test
  void textHasEveryByteButNul() {
    byte[] text = new Payload(3, "a:b:c").text(255);
    boolean[] seen = new boolean[256];
    for (byte one : text) {
      seen[one & 0xff] = true;
    }
    assertFalse(seen[0]);
    for (int value = 1; value < 256; value++) {
      assertTrue(seen[value], "byte " + value);
    }
    for (byte one : new Payload(3, "a:b:c").text(100_000)) {
      assertTrue(one != 0);
    }
  }
}
