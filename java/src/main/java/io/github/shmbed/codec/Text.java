// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Texts in images: a length of 32 bits, then UTF-8, then zeros up to 24 bytes. */
final class Text {
  static final int MAX_BYTES = 24;

  private Text() {}

  static void put(ByteBuffer into, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("a text of " + bytes.length + " bytes");
    }
    into.putInt(bytes.length).put(bytes);
    for (int i = bytes.length; i < MAX_BYTES; i++) {
      into.put((byte) 0);
    }
  }

  static String get(ByteBuffer from) {
    int length = from.getInt();
    byte[] room = new byte[MAX_BYTES];
    from.get(room);
    if (length < 0 || length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a text of " + Integer.toUnsignedString(length) + " bytes");
    }
    for (int i = length; i < MAX_BYTES; i++) {
      if (room[i] != 0) {
        throw new IllegalArgumentException("something behind a text");
      }
    }
    return new String(room, 0, length, StandardCharsets.UTF_8);
  }
}
