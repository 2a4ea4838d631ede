// SPDX-License-Identifier: Apache-2.0
// The text that a writer writes: from a file, from MSG_SIZE, or the one of the layout os; streamed,
// so of any length.
package io.github.shmbed.peer;

import io.github.shmbed.layout.ClassicLayout;
import io.github.shmbed.layout.OsLayout;
import io.github.shmbed.segment.ByteSearch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A text to write, and where the layout os splits it. */
final class Payload {
  /** Longer texts are written in parts of this size, so that memory stays bounded. */
  static final int PART_BYTES = 64 << 20;

  private final Path file; // null: repeat the pattern
  private final byte[] pattern;
  private final long lengthBytes;
  private final long splitAt;

  private Payload(Path file, byte[] pattern, long lengthBytes, long splitAt) {
    this.file = file;
    this.pattern = pattern;
    this.lengthBytes = lengthBytes;
    this.splitAt = splitAt;
  }

  /**
   * The text that the options ask for, checked: no NUL in it, and it fits.
   *
   * @throws io.github.shmbed.layout.LayoutException EINVAL, EMSGSIZE
   * @throws IOException when the file cannot be read
   */
  static Payload of(Options options, String object) throws IOException {
    boolean os = options.layout().equals(OsLayout.NAME);
    Payload payload;
    if (options.payload() != null) {
      long length = Files.size(options.payload());
      payload = new Payload(options.payload(), null, length, os ? length / 2 : length);
    } else if (os) {
      byte[] text =
          (OsLayout.FIRST_PART + OsLayout.SECOND_PART).getBytes(StandardCharsets.US_ASCII);
      payload = new Payload(null, text, text.length, OsLayout.FIRST_PART.length());
    } else {
      payload = new Payload(null, new byte[] {'a'}, options.textBytes(), options.textBytes());
    }
    ClassicLayout.checkFits(object, payload.lengthBytes, options.segmentSizeBytes());
    payload.checkNoNul(object);
    return payload;
  }

  /** The length without the NUL. */
  long lengthBytes() {
    return lengthBytes;
  }

  /** The first part's length; the whole text's where the layout does not split. */
  long splitAt() {
    return splitAt;
  }

  /** The text from its beginning. */
  InputStream open() throws IOException {
    if (file != null) {
      return Files.newInputStream(file);
    }
    return pattern.length > 1
        ? new ByteArrayInputStream(pattern)
        : new Repeated(pattern[0], lengthBytes);
  }

  /**
   * The whole text.
   *
   * @throws io.github.shmbed.layout.LayoutException EMSGSIZE when it is longer than an array can be
   */
  byte[] bytes() throws IOException {
    ClassicLayout.checkFits("text in memory", lengthBytes, Integer.MAX_VALUE - Long.BYTES);
    try (InputStream text = open()) {
      return text.readNBytes((int) lengthBytes);
    }
  }

  private void checkNoNul(String object) throws IOException {
    if (file == null) {
      return;
    }
    byte[] block = new byte[(int) Math.min(lengthBytes, 1 << 16)];
    long at = 0;
    try (InputStream text = open()) {
      for (int n = text.read(block); n > 0; n = text.read(block)) {
        int nul = ByteSearch.indexOf(block, 0, n, (byte) 0);
        if (nul >= 0) {
          throw ClassicLayout.nulInText(object, at + nul);
        }
        at += n;
      }
    }
  }

  /** The same byte again and again. */
  private static final class Repeated extends InputStream {
    private final byte value;
    private long left;

    Repeated(byte value, long length) {
      this.value = value;
      this.left = length;
    }

    @Override
    public int read() {
      return left-- > 0 ? value & 0xff : -1;
    }

    @Override
    public int read(byte[] dst, int from, int length) {
      int n = (int) Math.min(left, length);
      Arrays.fill(dst, from, from + n, value);
      left -= n;
      return n == 0 && length > 0 ? -1 : n;
    }
  }
}
