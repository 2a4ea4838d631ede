// SPDX-License-Identifier: Apache-2.0
// The bounds of sizes and modes, checked before any system call.
package io.github.shmbed.segment;

/** Bounds of what a segment may be. */
public final class Limits {
  /** 64 TiB: ftruncate would take far more on tmpfs without a word (up to 2^63 - 1). */
  public static final long MAX_SIZE_BYTES = 1L << 46;

  private Limits() {}

  /**
   * A segment's size.
   *
   * @throws IllegalArgumentException unless it is 1 to {@link #MAX_SIZE_BYTES}
   */
  public static long checkSize(long sizeBytes) {
    if (sizeBytes < 1 || sizeBytes > MAX_SIZE_BYTES) {
      throw new IllegalArgumentException(
          "segment size " + sizeBytes + ": must be 1 to " + MAX_SIZE_BYTES);
    }
    return sizeBytes;
  }

  /**
   * Permission bits.
   *
   * @throws IllegalArgumentException unless they are 0 to 0777
   */
  public static int checkMode(int mode) {
    if (mode < 0 || mode > 0777) {
      throw new IllegalArgumentException(
          "mode 0" + Integer.toOctalString(mode) + ": must be 0 to 0777");
    }
    return mode;
  }
}
