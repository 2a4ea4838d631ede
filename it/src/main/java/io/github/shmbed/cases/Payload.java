// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

/**
 * Bytes from PRNG(seed, cell, offset): every cell and every run has its own, any of them can be
 * made again from the printed seed, and a byte at the wrong place is a wrong byte. The generator is
 * SplitMix64 (Steele, Lea, Flood 2014) in counter form.
 */
public record Payload(long seed, String cellId) {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  /** Arbitrary bytes. */
  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    long key = key();
    for (int offset = 0; offset < length; offset++) {
      bytes[offset] =
          (byte) (mix(key + GOLDEN_GAMMA * ((offset >>> 3) + 1L)) >>> ((offset & 7) * 8));
    }
    return bytes;
  }

  /**
   * Bytes 1 to 255, each of them at least once when there are 255 or more: text of the classic
   * layout, which a NUL ends.
   */
  public byte[] text(int length) {
    byte[] text = bytes(length);
    int rotation = (int) Long.remainderUnsigned(key(), 255);
    for (int offset = 0; offset < length; offset++) {
      text[offset] =
          (byte) (1 + (offset < 255 ? (offset + rotation) % 255 : (text[offset] & 0xff) % 255));
    }
    return text;
  }

  private long key() {
    long key = mix(seed);
    for (int i = 0; i < cellId.length(); i++) {
      key = mix(key + GOLDEN_GAMMA * cellId.charAt(i));
    }
    return key;
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
