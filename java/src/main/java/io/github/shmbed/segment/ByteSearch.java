// SPDX-License-Identifier: Apache-2.0
// Finds a byte in an array, eight at a time.
package io.github.shmbed.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** memchr(3) for arrays. */
public final class ByteSearch {
  /** Shared memory is searched page by page, so that nothing beyond the match's page is touched. */
  public static final int PAGE_BYTES = 4096;

  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private ByteSearch() {}

  /**
   * The index of the first {@code value} in {@code bytes[from, to)}.
   *
   * @return -1 if there is none
   */
  public static int indexOf(byte[] bytes, int from, int to, byte value) {
    long pattern = LOW_BITS * (value & 0xff);
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = from;
    // Four words a step and one branch; the step that has a match is looked at again, word by word.
    while (at + 4 * Long.BYTES <= to
        && (matches(words.getLong(at) ^ pattern)
                | matches(words.getLong(at + 8) ^ pattern)
                | matches(words.getLong(at + 16) ^ pattern)
                | matches(words.getLong(at + 24) ^ pattern))
            == 0) {
      at += 4 * Long.BYTES;
    }
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      long matches = matches(words.getLong(at) ^ pattern);
      if (matches != 0) {
        return at + (Long.numberOfTrailingZeros(matches) >>> 3);
      }
    }
    for (; at < to; at++) {
      if (bytes[at] == value) {
        return at;
      }
    }
    return -1;
  }

  /** Not 0 if one of the 8 bytes is 0; the lowest bit set is then in the first such byte. */
  private static long matches(long difference) {
    return (difference - LOW_BITS) & ~difference & HIGH_BITS;
  }
}
