// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The values of the shape {@code tensor}.
 *
 * @param rows 512; likewise {@code columns}
 * @param name at most 24 bytes of UTF-8
 * @param data 1 MiB of little-endian float32 between the buffer's position and limit; a decoded one
 *     may be a part of the message itself
 */
public record Tensor(int rows, int columns, String name, ByteBuffer data) {
  static final int ROWS = 512;
  static final int COLUMNS = 512;
  static final int HEADER_BYTES = 64;
  static final int DATA_BYTES = ROWS * COLUMNS * Float.BYTES;

  private static final int RESERVED_BYTES = 28;

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException for any other form
   */
  public Tensor {
    if (rows != ROWS || columns != COLUMNS || data.remaining() != DATA_BYTES) {
      throw new IllegalArgumentException(
          "a tensor of " + rows + " x " + columns + " in " + data.remaining() + " bytes");
    }
  }

  /** Writes the image at the buffer's position, and moves it. */
  void put(ByteBuffer into) {
    into.putInt(rows).putInt(columns);
    Text.put(into, name);
    into.put(new byte[RESERVED_BYTES]).put(data.duplicate());
  }

  /** Takes the image at the buffer's position; the data stays where it is. */
  static Tensor get(ByteBuffer from) {
    int rows = from.getInt();
    int columns = from.getInt();
    String name = Text.get(from);
    from.position(from.position() + RESERVED_BYTES);
    return new Tensor(rows, columns, name, from.slice().order(ByteOrder.LITTLE_ENDIAN));
  }
}
