// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordSplitterTest {
  @Test
  void blanksSeparateAndQuotesKeepThem() {
    assertEquals(List.of(), WordSplitter.split("  \t"));
    assertEquals(List.of("a", "b"), WordSplitter.split(" a  b "));
    assertEquals(List.of("--out", "/tmp/a b"), WordSplitter.split("--out '/tmp/a b'"));
    assertEquals(List.of("--out=/tmp/a b"), WordSplitter.split("--out='/tmp/a b'"));
    assertEquals(List.of("", "x"), WordSplitter.split("'' x"));
  }

  @Test
  void whatTheContractExcludesIsRefused() {
    for (String line : new String[] {"a\"b", "a\\b", "a\0b", "'open"}) {
      assertThrows(UsageException.class, () -> WordSplitter.split(line));
    }
  }
}
