// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Bytes from PRNG(seed, cell, offset): every cell and every run has its own, any of them can be
 * made again from the printed seed, and a byte at the wrong place is a wrong byte. The generator is
 * SplitMix64 (Steele, Lea, Flood 2014) in counter form.
 */
public record Payload(long seed, String cellId) {
  private static final int PIECE_BYTES = 1 << 20;
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  /** Arbitrary bytes. */
  public byte[] bytes(int length) {
    ByteBuffer words = ByteBuffer.allocate((length + 7) & ~7).order(ByteOrder.LITTLE_ENDIAN);
    fill(words, key(), 0);
    return Arrays.copyOf(words.array(), length);
  }

  /**
   * The same bytes in a file, of any length.
   *
   * @param file new, or written anew
   */
  public void write(Path file, long length) throws IOException {
    ByteBuffer words = ByteBuffer.allocate(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long key = key();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (long written = 0; written < length; ) {
        words.clear();
        fill(words, key, written >>> 3);
        words.flip().limit((int) Math.min(PIECE_BYTES, length - written));
        while (words.hasRemaining()) {
          written += channel.write(words);
        }
      }
    }
  }

  /** Fills the whole buffer with words of the sequence, from number {@code first} on. */
  private static void fill(ByteBuffer words, long key, long first) {
    for (long word = first + 1; words.hasRemaining(); word++) {
      words.putLong(mix(key + GOLDEN_GAMMA * word));
    }
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
