// SPDX-License-Identifier: Apache-2.0
// The messages of a framed exchange that are values: the images in the payload file, each encoded
// once beforehand, since sizes and CRCs are needed.
package io.github.shmbed.peer;

import io.github.shmbed.codec.Codec;
import io.github.shmbed.codec.Codecs;
import io.github.shmbed.codec.Shape;
import io.github.shmbed.codec.Values;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeBuffer;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.zip.CRC32C;

/** Message i is the values of image {@code i % distinct} of the file. */
final class ValueMessages {
  /** The most that a codec makes of a byte of an image: a control character is 6 bytes in JSON. */
  private static final int ROOM_FACTOR = 6;

  private static final int ROOM_BYTES = 1024;

  private final Shape shape;
  private final Codec codec;
  private final byte[] file;
  private final Values[] values;
  private final byte[][] encoded;
  private final int[] crcs;
  private final NativeBuffer room; // of this process's own

  /**
   * Reads the file and encodes each of its images.
   *
   * @throws LayoutException EINVAL when it does not hold images of the shape
   */
  ValueMessages(Options options) throws IOException {
    shape = options.shape();
    codec = Codecs.make(options.codec());
    file = Files.readAllBytes(options.payload());
    int size = shape.imageBytes();
    if (file.length == 0 || file.length % size != 0) {
      throw new LayoutException(
          "header",
          options.payload().toString(),
          Errno.EINVAL,
          "MESSAGE_SIZE",
          "its " + file.length + " bytes are no multiple of the shape's " + size);
    }
    int distinct = file.length / size;
    values = new Values[distinct];
    encoded = new byte[distinct][];
    crcs = new int[distinct];
    room = new NativeBuffer(ROOM_FACTOR * size + ROOM_BYTES);
    CRC32C crc = new CRC32C();
    for (int i = 0; i < distinct; i++) {
      values[i] = values(options, i);
      ByteBuffer message = encode(i, privateRoom());
      encoded[i] = new byte[message.remaining()];
      message.get(encoded[i]);
      if (options.verify()) {
        crc.reset();
        crc.update(encoded[i]);
        crcs[i] = (int) crc.getValue();
      }
    }
  }

  private Values values(Options options, int index) {
    try {
      return codec.values(shape, image(index));
    } catch (IllegalArgumentException wrong) {
      throw new LayoutException(
          "codec",
          options.payload().toString(),
          Errno.EINVAL,
          "IMAGE",
          shape.word() + ": " + wrong.getMessage());
    }
  }

  /** The image of a message's values. */
  ByteBuffer image(long index) {
    int size = shape.imageBytes();
    return ByteBuffer.wrap(file, (int) (index % values.length) * size, size);
  }

  /** The message as it will be, from index 0. */
  byte[] message(long index) {
    return encoded[(int) (index % encoded.length)];
  }

  /** CRC-32C of a message; 0 if they are not wanted. */
  int crc(long index) {
    return crcs[(int) (index % crcs.length)];
  }

  /** What the largest message needs of a slot. */
  int slotBytes() {
    int largest = 0;
    for (byte[] message : encoded) {
      largest = Math.max(largest, message.length);
    }
    return largest + codec.slackBytes();
  }

  /** Memory of this process's own for one message; see {@link #privateAddress}. */
  ByteBuffer privateRoom() {
    return room.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN).clear();
  }

  /** Where that memory begins. */
  long privateAddress() {
    return room.address();
  }

  /** Stage encode. Returns the room, with the message from position to limit. */
  ByteBuffer encode(long index, ByteBuffer into) {
    try {
      codec.encode(shape, values[(int) (index % values.length)], into);
      return into;
    } catch (BufferOverflowException full) {
      throw new LayoutException(
          "codec",
          codec.name(),
          Errno.EMSGSIZE,
          "ENCODE",
          shape.word() + ": the encoded message is larger than its slot");
    } catch (IOException failed) {
      throw new LayoutException(
          "codec", codec.name(), Errno.EINVAL, "ENCODE", shape.word() + ": " + failed.getMessage());
    }
  }
}
