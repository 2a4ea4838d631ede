// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.security.SecureRandom;
import java.util.function.IntPredicate;

/**
 * The System V keys of one run: 65536 of them from a random base. Keys that {@code ftok} makes with
 * project id 0 start with a zero byte, so the base never does.
 *
 * @param base the first key; its low 16 bits are 0
 */
public record KeyRange(int base) {
  private static final int SIZE = 0x10000;

  public KeyRange {
    if ((base & (SIZE - 1)) != 0 || base >>> 24 == 0) {
      throw new IllegalArgumentException("not a base of keys: 0x" + Integer.toHexString(base));
    }
  }

  /**
   * A range in which no key is taken.
   *
   * @param taken says whether a key is in use
   */
  public static KeyRange random(IntPredicate taken) {
    SecureRandom random = new SecureRandom();
    for (int attempt = 0; attempt < 1000; attempt++) {
      int base = (random.nextInt(0x7e00) + 0x0100) << 16;
      if (!taken.test(base)) {
        return new KeyRange(base);
      }
    }
    throw new IllegalStateException(
        "no free range of System V keys after 1000 tries: ./shmbed clean");
  }

  public boolean contains(int key) {
    return (key & -SIZE) == base;
  }

  /**
   * Key number n of the run, n from 0 to 65535; wraps, since a cell's key is free again after it.
   */
  public int key(int n) {
    return base | (n & (SIZE - 1));
  }

  /** As the peers' option {@code --key} takes it. */
  public static String text(int key) {
    return String.format("0x%08x", key);
  }
}
