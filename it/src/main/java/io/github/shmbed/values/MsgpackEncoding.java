// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import java.nio.charset.StandardCharsets;

/** The MessagePack specification: the shortest form of everything but doubles. */
final class MsgpackEncoding extends FieldEncoding {
  MsgpackEncoding(Schema schema) {
    super(schema);
  }

  @Override
  void begin(int fields) {
    put(0x80 | fields);
  }

  private void name(Field field) {
    string(field.name().getBytes(StandardCharsets.UTF_8));
  }

  private void string(byte[] utf8) {
    put(0xa0 | utf8.length); // names and texts have less than 32 bytes
    put(utf8);
  }

  @Override
  void list(Field field, int number, int count) {
    name(field);
    put(0xdc);
    bigEndian(count, 2);
  }

  @Override
  void element(int number, byte[] message) {
    put(message);
  }

  @Override
  void unsigned(Field field, int number, long value) {
    name(field);
    positive(value);
  }

  private void positive(long value) {
    if (value >= 0 && value < 0x80) {
      put((int) value);
      return;
    }
    int size = value >>> 8 == 0 ? 0 : value >>> 16 == 0 ? 1 : value >>> 32 == 0 ? 2 : 3;
    put(0xcc + size);
    bigEndian(value, 1 << size);
  }

  @Override
  void signed(Field field, int number, long value) {
    name(field);
    if (value >= 0) {
      positive(value);
    } else if (value >= -32) {
      put((int) value);
    } else {
      int size =
          value >= Byte.MIN_VALUE
              ? 0
              : value >= Short.MIN_VALUE ? 1 : value >= Integer.MIN_VALUE ? 2 : 3;
      put(0xd0 + size);
      bigEndian(value, 1 << size);
    }
  }

  @Override
  void floating(Field field, int number, double value) {
    name(field);
    put(0xcb);
    bigEndian(Double.doubleToRawLongBits(value), Double.BYTES);
  }

  @Override
  void text(Field field, int number, byte[] utf8) {
    name(field);
    string(utf8);
  }

  @Override
  void data(Field field, int number, byte[] bytes) {
    name(field);
    put(0xc6);
    bigEndian(bytes.length, 4);
    put(bytes);
  }
}
