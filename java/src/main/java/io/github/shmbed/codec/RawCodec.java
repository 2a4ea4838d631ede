// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.nio.ByteBuffer;

/**
 * The image as it is. What the others are measured against: one copy in, none out, and nothing is
 * looked at.
 */
public final class RawCodec implements Codec {
  public static final String NAME = "raw";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Values values(Shape shape, ByteBuffer image) {
    return Values.untouched(image);
  }

  @Override
  public void encode(Shape shape, Values values, ByteBuffer room) {
    int begin = room.position();
    room.put(values.image().duplicate()).limit(room.position()).position(begin);
  }

  @Override
  public Values decode(Shape shape, ByteBuffer message) {
    if (message.remaining() != shape.imageBytes()) {
      throw new IllegalArgumentException(message.remaining() + " bytes");
    }
    return Values.untouched(message);
  }
}
