// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.nio.ByteBuffer;

/**
 * Fixed little-endian records, by ByteBuffer. They are the image, but each value is set and taken
 * by itself.
 */
public final class StructCodec implements Codec {
  static final String NAME = "struct";

  @Override
  public String name() {
    return NAME;
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
