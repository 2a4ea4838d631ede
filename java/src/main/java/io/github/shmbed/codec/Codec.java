// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Turns values into a message and a message into values (peers/CONTRACT.md, section 10), between a
 * segment's own memory and Java's objects, with no copy in between. One instance for one command;
 * not thread-safe.
 */
public interface Codec {
  /** The codec's name in {@code --codec}. */
  String name();

  /** What {@link #encode} takes: the values of an image. */
  default Values values(Shape shape, ByteBuffer image) {
    return Values.ofImage(shape, image);
  }

  /** Bytes that {@link #encode} needs in its room besides the message. */
  default int slackBytes() {
    return 0;
  }

  /**
   * Writes a message.
   *
   * @param room little-endian; the message may use it from position to limit. Afterwards position
   *     and limit are the message's
   * @throws java.nio.BufferOverflowException when it does not fit
   * @throws IOException when the library fails
   */
  void encode(Shape shape, Values values, ByteBuffer room) throws IOException;

  /**
   * Takes a message apart. Its bytes may change meanwhile: nothing that was checked is read again.
   *
   * @param message little-endian, from position to limit; a tensor's data may stay there
   * @throws IOException when it is no message, as a RuntimeException of any kind
   */
  Values decode(Shape shape, ByteBuffer message) throws IOException;
}
