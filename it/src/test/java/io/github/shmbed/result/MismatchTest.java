// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MismatchTest {
  @Test
  void equalBytesAreNoMismatch() {
    assertEquals(Optional.empty(), Mismatch.between("x", new byte[3], new byte[3]));
    assertEquals(Optional.empty(), Mismatch.between("x", new byte[0], new byte[0]));
  }

  @Test
  void theFirstDifferenceIsShownWithItsSurroundings() {
    byte[] expected = new byte[100];
    byte[] actual = new byte[100];
    actual[50] = 7;
    actual[60] = 8;
    Mismatch mismatch = Mismatch.between("x", expected, actual).orElseThrow();
    assertEquals(50, mismatch.offset());
    assertEquals(42, mismatch.windowOffset());
    assertEquals("00 00 00 00 00 00 00 00 07 00", mismatch.actualHex().substring(0, 29));
    assertTrue(mismatch.describe().startsWith("x differs at offset 50; from offset 42 expected ["));
  }

  @Test
  void oneByteShortDiffersAtItsEnd() {
    Mismatch mismatch = Mismatch.between("x", new byte[10], new byte[9]).orElseThrow();
    assertEquals(9, mismatch.offset());
    assertTrue(mismatch.describe().contains("9 bytes in place of 10"), mismatch.describe());
  }

  @Test
  void nothingInPlaceOfSomethingDiffersAtZero() {
    Mismatch mismatch = Mismatch.between("x", new byte[1], new byte[0]).orElseThrow();
    assertEquals(0, mismatch.offset());
    assertEquals("", mismatch.actualHex());
  }
}
