// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.nio.ByteBuffer;

/**
 * The record of the shapes {@code record} and {@code telemetry}.
 *
 * @param id unsigned
 * @param time any number
 * @param x any double, whose bits count; likewise {@code y}
 * @param note at most 24 bytes of UTF-8, of which a NUL may be one
 */
public record SensorRecord(long id, long time, double x, double y, int sensor, String note) {
  static final int IMAGE_BYTES = 64;

  /** Writes the image at the buffer's position, and moves it. */
  void put(ByteBuffer into) {
    into.putLong(id).putLong(time).putDouble(x).putDouble(y).putInt(sensor);
    Text.put(into, note);
  }

  /** Takes the image at the buffer's position, and moves it. */
  static SensorRecord get(ByteBuffer from) {
    long id = from.getLong();
    long time = from.getLong();
    double x = from.getDouble();
    double y = from.getDouble();
    int sensor = from.getInt();
    return new SensorRecord(id, time, x, y, sensor, Text.get(from));
  }
}
