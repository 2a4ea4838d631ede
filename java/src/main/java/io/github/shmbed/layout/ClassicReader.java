// SPDX-License-Identifier: Apache-2.0
// Reads a classic text part by part, however long it is.
package io.github.shmbed.layout;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.segment.ByteSearch;
import io.github.shmbed.segment.Segment;

/** A reading of one classic text. Not thread-safe. */
public final class ClassicReader {
  private final Segment segment;
  private long offset;
  private boolean ended;

  /** Starts at offset 0. */
  public ClassicReader(Segment segment) {
    this.segment = segment;
  }

  /** Whether the NUL was seen. */
  public boolean ended() {
    return ended;
  }

  /**
   * Copies the next part of the text, up to its NUL or as much as there is room for. Each page is
   * copied once and searched in the copy, so the bytes are the ones that were searched; and nothing
   * beyond the NUL's page is touched.
   *
   * @return how many bytes of {@code dst} are text
   * @throws LayoutException EBADMSG when there is no NUL up to the segment's end
   */
  public int read(byte[] dst) {
    int filled = 0;
    while (!ended && filled < dst.length) {
      long left = segment.sizeBytes() - offset;
      if (left == 0) {
        throw new LayoutException(
            ClassicLayout.NAME,
            segment.object(),
            Errno.EBADMSG,
            "TEXT_END",
            "no NUL in "
                + offset
                + " bytes: not a classic segment, or its writer has not finished");
      }
      int inPage = ByteSearch.PAGE_BYTES - (int) (offset % ByteSearch.PAGE_BYTES);
      int length = (int) Math.min(Math.min(inPage, left), dst.length - filled);
      segment.getDeferringFaults(offset, dst, filled, length);
      int nul = ByteSearch.indexOf(dst, filled, filled + length, (byte) 0);
      ended = nul >= 0;
      int text = ended ? nul - filled : length;
      filled += text;
      offset += text;
    }
    segment.settle();
    return filled;
  }
}
