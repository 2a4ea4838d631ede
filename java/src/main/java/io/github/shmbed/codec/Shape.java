// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.util.Locale;

/** What the values of a message are (peers/CONTRACT.md, section 10; peers/schema/shapes.json). */
public enum Shape {
  RECORD(SensorRecord.IMAGE_BYTES),
  TELEMETRY(Long.BYTES + Values.RECORDS * SensorRecord.IMAGE_BYTES),
  TENSOR(Tensor.HEADER_BYTES + Tensor.DATA_BYTES);

  private final int imageBytes;

  Shape(int imageBytes) {
    this.imageBytes = imageBytes;
  }

  /** The name in {@code --shape}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The size of the little-endian bytes that say what the values are. */
  public int imageBytes() {
    return imageBytes;
  }

  /** The shape of that name, null if there is none. */
  public static Shape of(String word) {
    for (Shape shape : values()) {
      if (shape.word().equals(word)) {
        return shape;
      }
    }
    return null;
  }
}
