// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
  private static final long MAX = 1L << 46;

  @Test
  void sizesTakeSuffixes() {
    assertEquals(1, Numbers.size("--n", "1", 1, MAX));
    assertEquals(2048, Numbers.size("--n", "2K", 1, MAX));
    assertEquals(3L << 20, Numbers.size("--n", "3M", 1, MAX));
    assertEquals(MAX, Numbers.size("--n", "65536G", 1, MAX));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "K",
        "0",
        "-1",
        "+1",
        " 1",
        "1k",
        "1KB",
        "1.5",
        "65537G",
        "70368744177665",
        "x",
        "٣",
        "99999999999999999999",
        "18014398509481985K",
        "0x10"
      })
  void whatIsNoSizeIsRefusedAndTheMessageNamesTheOption(String text) {
    UsageException wrong =
        assertThrows(UsageException.class, () -> Numbers.size("--segment-size", text, 1, MAX));
    assertTrue(wrong.getMessage().startsWith("--segment-size"), wrong.getMessage());
  }

  @Test
  void keysAreDecimalOrHexadecimal() {
    assertEquals(0xffffffffL, Numbers.decimalOrHex("--key", "0xffffffff", 1, 0xffffffffL));
    assertEquals(0xa1b2, Numbers.decimalOrHex("--key", "0XA1b2", 1, 0xffffffffL));
    assertEquals(41394, Numbers.decimalOrHex("--key", "41394", 1, 0xffffffffL));
    for (String text : new String[] {"0", "0x", "0x100000000", "0xg", "-1"}) {
      assertThrows(UsageException.class, () -> Numbers.decimalOrHex("--key", text, 1, 0xffffffffL));
    }
  }

  @Test
  void modesAreOctal() {
    assertEquals(0640, Numbers.mode("--mode", "0640"));
    assertEquals(0640, Numbers.mode("--mode", "640"));
    for (String text : new String[] {"8", "1000", "rw", ""}) {
      assertThrows(UsageException.class, () -> Numbers.mode("--mode", text));
    }
  }
}
