// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteSearchTest {
  @Test
  void findsWhatAPlainLoopFinds() {
    Random random = new Random(4711);
    byte[] bytes = new byte[200];
    for (int round = 0; round < 20_000; round++) {
      random.nextBytes(bytes);
      int from = random.nextInt(bytes.length);
      int to = from + random.nextInt(bytes.length - from + 1);
      byte value = (byte) random.nextInt(256);
      assertEquals(plain(bytes, from, to, value), ByteSearch.indexOf(bytes, from, to, value));
    }
  }

  private static int plain(byte[] bytes, int from, int to, byte value) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == value) {
        return i;
      }
    }
    return -1;
  }
}
