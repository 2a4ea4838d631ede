// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An encoding that puts one field after the other. */
abstract class FieldEncoding implements Encoding {
  private final Schema schema;
  private ByteArrayOutputStream out;

  FieldEncoding(Schema schema) {
    this.schema = schema;
  }

  @Override
  public final byte[] messages(String shapeName, byte[] images) {
    Shape shape = schema.shape(shapeName);
    ByteBuffer all = ByteBuffer.wrap(images).order(ByteOrder.LITTLE_ENDIAN);
    ByteArrayOutputStream messages = new ByteArrayOutputStream(images.length);
    for (int at = 0; at < images.length; at += shape.bytes()) {
      messages.writeBytes(message(shape, all, at));
    }
    return messages.toByteArray();
  }

  /** One value of a shape, at an offset. */
  private byte[] message(Shape shape, ByteBuffer images, int at) {
    ByteArrayOutputStream outer = out;
    out = new ByteArrayOutputStream();
    begin(shape.fields().size());
    for (int i = 0; i < shape.fields().size(); i++) {
      put(shape.fields().get(i), i + 1, images, at);
    }
    byte[] message = out.toByteArray();
    out = outer;
    return message;
  }

  private void put(Field field, int number, ByteBuffer images, int begin) {
    int at = begin + field.at();
    Shape inner = schema.shapes().get(field.type());
    if (inner != null) {
      list(field, number, field.count());
      for (int i = 0; i < field.count(); i++) {
        element(number, message(inner, images, at + i * inner.bytes()));
      }
      return;
    }
    switch (field.type()) {
      case "u64" -> unsigned(field, number, images.getLong(at));
      case "u32" -> unsigned(field, number, Integer.toUnsignedLong(images.getInt(at)));
      case "i64" -> signed(field, number, images.getLong(at));
      case "i32" -> signed(field, number, images.getInt(at));
      case "f64" -> floating(field, number, images.getDouble(at));
      case "f32" -> data(field, number, bytes(images, at, field.count() * Float.BYTES));
      case "text" -> text(field, number, bytes(images, at + Integer.BYTES, images.getInt(at)));
      default -> throw new IllegalArgumentException("type " + field.type());
    }
  }

  private static byte[] bytes(ByteBuffer images, int at, int length) {
    byte[] bytes = new byte[length];
    images.get(at, bytes);
    return bytes;
  }

  abstract void begin(int fields);

  abstract void list(Field field, int number, int count);

  abstract void element(int number, byte[] message);

  abstract void unsigned(Field field, int number, long value);

  abstract void signed(Field field, int number, long value);

  abstract void floating(Field field, int number, double value);

  abstract void text(Field field, int number, byte[] utf8);

  abstract void data(Field field, int number, byte[] bytes);

  final void put(int... bytes) {
    for (int one : bytes) {
      out.write(one);
    }
  }

  final void put(byte[] bytes) {
    out.writeBytes(bytes);
  }

  /** The low bytes of a number, the highest first. */
  final void bigEndian(long value, int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
      out.write((int) (value >>> shift));
    }
  }
}
