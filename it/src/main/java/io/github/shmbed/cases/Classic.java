// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.result.Outcome;
import java.io.IOException;
import java.util.Arrays;

/** What all classic cases share: peers/CONTRACT.md section 4. */
final class Classic {
  static final int SEGMENT_SIZE = 2048 * 4096;
  static final int MODE = 0600;

  private Classic() {}

  /**
   * The text that {@code <n>B} stands for: n-1 times {@code a}; the NUL after it is not part of the
   * text.
   */
  static byte[] text(int messageSize) {
    byte[] text = new byte[messageSize - 1];
    Arrays.fill(text, (byte) 'a');
    return text;
  }

  /** The object must hold the text and a NUL, and have the contract's size and mode. */
  static void requireObject(Exchange exchange, byte[] text) throws CellFailure, IOException {
    requireObject(exchange, text, SEGMENT_SIZE, MODE);
  }

  static void requireObject(Exchange exchange, byte[] text, long sizeBytes, int mode)
      throws CellFailure, IOException {
    Exchange.SeenObject object = exchange.object();
    if (object.sizeBytes() != sizeBytes || object.mode() != mode) {
      throw new CellFailure(
          Outcome.ERROR,
          String.format(
              "writer %s: the object has %d bytes and mode %04o, the contract says %d and %04o",
              exchange.writer().id(), object.sizeBytes(), object.mode(), sizeBytes, mode));
    }
    byte[] expected = Arrays.copyOf(text, text.length + 1);
    exchange.requireEqual(
        "what the writer " + exchange.writer().id() + " left in the object",
        expected,
        exchange.objectBytes(expected.length));
  }

  /** The text as the reader handed it over. */
  static void requireRead(Exchange exchange, byte[] text, byte[] actual) throws CellFailure {
    exchange.requireEqual("what the reader " + exchange.reader().id() + " saw", text, actual);
  }
}
