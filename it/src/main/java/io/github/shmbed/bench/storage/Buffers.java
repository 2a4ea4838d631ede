// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What is written, and where a read goes: each once on the heap (for the library's segments) and
 * once outside it (for channels, which would otherwise copy through a buffer of their own). The
 * same bytes in both.
 */
final class Buffers {
  /** O_DIRECT needs the buffer at a multiple of the block size. */
  private static final int ALIGNMENT = 4096;

  final byte[] sourceBytes;
  final byte[] targetBytes;
  final ByteBuffer source;
  final ByteBuffer target;

  Buffers(int sizeBytes) {
    sourceBytes = new byte[sizeBytes];
    targetBytes = new byte[sizeBytes];
    new SplittableRandom(System.nanoTime()).nextBytes(sourceBytes);
    source = aligned(sizeBytes);
    target = aligned(sizeBytes);
    source.put(0, sourceBytes);
  }

  /** Forgets what was read; touches the pages, too. */
  void clearTarget(int sizeBytes) {
    Arrays.fill(targetBytes, 0, sizeBytes, (byte) 0);
    target.put(0, targetBytes, 0, sizeBytes);
  }

  /** Whether the last read got what was written. */
  boolean targetIsSource(boolean onHeap, int sizeBytes) {
    return onHeap
        ? Arrays.equals(sourceBytes, 0, sizeBytes, targetBytes, 0, sizeBytes)
        : source.slice(0, sizeBytes).equals(target.slice(0, sizeBytes));
  }

  private static ByteBuffer aligned(int sizeBytes) {
    return ByteBuffer.allocateDirect(sizeBytes + ALIGNMENT)
        .alignedSlice(ALIGNMENT)
        .slice(0, sizeBytes);
  }
}
