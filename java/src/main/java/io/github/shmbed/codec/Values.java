// SPDX-License-Identifier: Apache-2.0
// The values of one message. Their image, the little-endian bytes of peers/schema/shapes.json, is
// what a writer gets them from and what a reader reports.
package io.github.shmbed.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The values of one message: records, or a tensor, or (for the codec {@code raw}) the image itself.
 * Exactly one of the three is there.
 *
 * @param records one for the shape record, 1,000 for telemetry; else null
 * @param tensor else null
 * @param image between position and limit; else null
 */
public record Values(SensorRecord[] records, Tensor tensor, ByteBuffer image) {
  /** In a telemetry batch. */
  public static final int RECORDS = 1000;

  /** The values of records. */
  public static Values of(SensorRecord... records) {
    return new Values(records, null, null);
  }

  /** The values of a tensor. */
  public static Values of(Tensor tensor) {
    return new Values(null, tensor, null);
  }

  /** An image that is not taken apart. */
  public static Values untouched(ByteBuffer image) {
    return new Values(null, null, image);
  }

  /**
   * Takes the values of an image.
   *
   * @param image between position and limit
   * @throws IllegalArgumentException when it is no image of that shape
   */
  public static Values ofImage(Shape shape, ByteBuffer image) {
    if (image.remaining() != shape.imageBytes()) {
      throw new IllegalArgumentException(image.remaining() + " bytes");
    }
    ByteBuffer from = image.slice().order(ByteOrder.LITTLE_ENDIAN);
    switch (shape) {
      case RECORD:
        return of(SensorRecord.get(from));
      case TELEMETRY:
        long count = from.getLong();
        if (count != RECORDS) {
          throw new IllegalArgumentException(Long.toUnsignedString(count) + " records");
        }
        SensorRecord[] records = new SensorRecord[RECORDS];
        for (int i = 0; i < RECORDS; i++) {
          records[i] = SensorRecord.get(from);
        }
        return of(records);
      default:
        return of(Tensor.get(from));
    }
  }

  /**
   * Writes the image at the buffer's position, and moves it.
   *
   * @throws IllegalArgumentException when the values are not of that shape
   * @throws java.nio.BufferOverflowException when there is not enough room
   */
  public void putImage(Shape shape, ByteBuffer into) {
    ByteBuffer to = into.order(ByteOrder.LITTLE_ENDIAN);
    if (image != null) {
      to.put(image.duplicate());
    } else if (tensor != null) {
      tensor.put(to);
    } else {
      if (records.length != (shape == Shape.TELEMETRY ? RECORDS : 1)) {
        throw new IllegalArgumentException(records.length + " records");
      }
      if (shape == Shape.TELEMETRY) {
        to.putLong(records.length);
      }
      for (SensorRecord record : records) {
        record.put(to);
      }
    }
  }
}
