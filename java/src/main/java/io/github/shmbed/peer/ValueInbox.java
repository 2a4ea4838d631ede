// SPDX-License-Identifier: Apache-2.0
// What a framed reader makes of messages that are values: decodes them, and reports the images of
// what it decoded.
package io.github.shmbed.peer;

import io.github.shmbed.codec.Codec;
import io.github.shmbed.codec.Codecs;
import io.github.shmbed.codec.Shape;
import io.github.shmbed.codec.Values;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.Errno;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;

/** Decodes messages and keeps count of their values. */
final class ValueInbox {
  private final Shape shape;
  private final Codec codec;
  private final OutFile file;
  private final Digest digest;
  private final boolean looksAtValues;
  private final ByteBuffer image;

  /**
   * An inbox.
   *
   * @param file gets the images
   */
  ValueInbox(Options options, OutFile file) {
    shape = options.shape();
    codec = Codecs.make(options.codec());
    this.file = file;
    digest = new Digest(options.verify());
    looksAtValues = options.verify() || options.values() != null;
    image = ByteBuffer.allocate(shape.imageBytes());
  }

  /** Stage decode. */
  Values decode(ByteBuffer message) {
    try {
      return codec.decode(shape, message);
    } catch (IOException | RuntimeException wrong) {
      throw refused(wrong);
    }
  }

  /** Outside the ledger: the image of what was decoded. */
  void keep(Values values) throws IOException {
    if (!looksAtValues) {
      digest.count(shape.imageBytes());
      return;
    }
    try {
      values.putImage(shape, image.clear());
    } catch (IllegalArgumentException | BufferOverflowException wrong) {
      throw refused(wrong);
    }
    digest.add(image.array(), shape.imageBytes());
    file.append(image.array(), shape.imageBytes());
  }

  /** Length and SHA-256 of all images, in order. */
  Digest digest() {
    return digest;
  }

  private LayoutException refused(Exception wrong) {
    String what =
        wrong.getMessage() == null ? wrong.getClass().getSimpleName() : wrong.getMessage();
    int end = what.indexOf('\n');
    return new LayoutException(
        "codec",
        codec.name(),
        Errno.EBADMSG,
        "DECODE",
        shape.word() + ": " + (end < 0 ? what : what.substring(0, end)));
  }
}
