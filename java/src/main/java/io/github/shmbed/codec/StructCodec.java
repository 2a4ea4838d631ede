// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.nio.ByteBuffer;

/**
 * Fixed little-endian records, by ByteBuffer. They are the image, but each value is set and taken
 * by itself.
 */
public final class StructCodec implements Codec {
  @Override
  public String name() {
    return "struct";
  }

  @Override
  public void encode(Shape shape, Values values, ByteBuffer room) {
    int begin = room.position();
    values.putImage(shape, room);
    room.limit(room.position()).position(begin);
  }

  @Override
  public Values decode(Shape shape, ByteBuffer message) {
    return Values.ofImage(shape, message);
  }
}
