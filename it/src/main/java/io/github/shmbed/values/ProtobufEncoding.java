// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The wire format of protocol buffers: every field once, in the order of their numbers. */
final class ProtobufEncoding extends FieldEncoding {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;

  ProtobufEncoding(Schema schema) {
    super(schema);
  }

  private void varint(long value) {
    for (; (value & ~0x7fL) != 0; value >>>= 7) {
      put((int) value & 0x7f | 0x80);
    }
    put((int) value);
  }

  private void bytes(int number, byte[] bytes) {
    varint(number << 3 | LENGTH);
    varint(bytes.length);
    put(bytes);
  }

  @Override
  void begin(int fields) {}

  @Override
  void list(Field field, int number, int count) {}

  @Override
  void element(int number, byte[] message) {
    bytes(number, message);
  }

  @Override
  void unsigned(Field field, int number, long value) {
    varint(number << 3 | VARINT);
    varint(value);
  }

  @Override
  void signed(Field field, int number, long value) {
    unsigned(field, number, value); // int32 and int64: ten bytes below 0
  }

  @Override
  void floating(Field field, int number, double value) {
    varint(number << 3 | FIXED64);
    put(ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
  }

  @Override
  void text(Field field, int number, byte[] utf8) {
    bytes(number, utf8);
  }

  @Override
  void data(Field field, int number, byte[] bytes) {
    bytes(number, bytes);
  }
}
