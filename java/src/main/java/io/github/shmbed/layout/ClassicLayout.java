// SPDX-License-Identifier: Apache-2.0
// The original programs' convention: the text at offset 0, and a NUL ends it.
package io.github.shmbed.layout;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.segment.Segment;

/** The classic layout (peers/CONTRACT.md, section 4): no header, a text without NUL, then a NUL. */
public final class ClassicLayout {
  public static final String NAME = "classic";
  public static final String DEFAULT_SEGMENT_NAME = "/shm_posix";
  public static final long DEFAULT_SIZE_BYTES = 2048 * 4096;
  public static final int DEFAULT_MODE = 0600;

  private ClassicLayout() {}

  /**
   * A text's length, checked.
   *
   * @param lengthBytes without the NUL
   * @throws LayoutException EMSGSIZE when the text and its NUL do not fit
   */
  public static void checkFits(String object, long lengthBytes, long segmentSizeBytes) {
    if (lengthBytes >= segmentSizeBytes) {
      throw new LayoutException(
          NAME,
          object,
          Errno.EMSGSIZE,
          "TEXT_SIZE",
          lengthBytes
              + " bytes and a NUL do not fit into "
              + segmentSizeBytes
              + ": give a larger --segment-size");
    }
  }

  /** The error for a text that holds a NUL, where every reader would stop. */
  public static LayoutException nulInText(String object, long offset) {
    return new LayoutException(
        NAME,
        object,
        Errno.EINVAL,
        "TEXT_NUL",
        "the text holds a NUL at offset " + offset + ": use --layout framed");
  }

  /**
   * Writes a part of the text.
   *
   * @param offset of the part in the text
   */
  public static void write(Segment segment, long offset, byte[] text, int from, int length) {
    segment.put(offset, text, from, length);
  }

  /** Writes the NUL. Always, so that a segment used again never shows an older, longer tail. */
  public static void end(Segment segment, long lengthBytes) {
    segment.putByte(lengthBytes, (byte) 0);
    segment.settle();
  }
}
