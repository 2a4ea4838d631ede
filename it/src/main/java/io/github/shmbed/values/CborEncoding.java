// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import java.nio.charset.StandardCharsets;

/** RFC 8949, and RFC 8746 for the data: the shortest heads, doubles in 8 bytes. */
final class CborEncoding extends FieldEncoding {
  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int FLOAT32_LE = 85;

  CborEncoding(Schema schema) {
    super(schema);
  }

  private void head(int major, long argument) {
    if (argument >= 0 && argument < 24) {
      put(major << 5 | (int) argument);
      return;
    }
    int size = argument >>> 8 == 0 ? 0 : argument >>> 16 == 0 ? 1 : argument >>> 32 == 0 ? 2 : 3;
    put(major << 5 | 24 + size);
    bigEndian(argument, 1 << size);
  }

  private void name(Field field) {
    string(TEXT, field.name().getBytes(StandardCharsets.UTF_8));
  }

  private void string(int major, byte[] bytes) {
    head(major, bytes.length);
    put(bytes);
  }

  @Override
  void begin(int fields) {
    head(MAP, fields);
  }

  @Override
  void list(Field field, int number, int count) {
    name(field);
    head(ARRAY, count);
  }

  @Override
  void element(int number, byte[] message) {
    put(message);
  }

  @Override
  void unsigned(Field field, int number, long value) {
    name(field);
    head(UNSIGNED, value);
  }

  @Override
  void signed(Field field, int number, long value) {
    name(field);
    head(value < 0 ? NEGATIVE : UNSIGNED, value < 0 ? ~value : value);
  }

  @Override
  void floating(Field field, int number, double value) {
    name(field);
    if (Double.isFinite(value)) {
      put(0xfb);
    } else {
      head(BYTES, Double.BYTES); // the contract's convention
    }
    bigEndian(Double.doubleToRawLongBits(value), Double.BYTES);
  }

  @Override
  void text(Field field, int number, byte[] utf8) {
    name(field);
    string(TEXT, utf8);
  }

  @Override
  void data(Field field, int number, byte[] bytes) {
    name(field);
    head(TAG, FLOAT32_LE);
    string(BYTES, bytes);
  }
}
