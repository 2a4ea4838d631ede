// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import java.io.IOException;

/**
 * One message of the original programs' kind.
 *
 * @param messageSize bytes with the NUL, 1 to the segment's size
 */
public record ClassicSize(int messageSize) implements Case {

  public ClassicSize {
    if (messageSize < 1 || messageSize > Classic.SEGMENT_SIZE) {
      throw new IllegalArgumentException(
          "a message has 1 to " + Classic.SEGMENT_SIZE + " bytes, not " + messageSize);
    }
  }

  @Override
  public String name() {
    return "classic-" + messageSize + "B";
  }

  @Override
  public String title() {
    return messageSize == Classic.SEGMENT_SIZE
        ? "a message that fills the segment"
        : "a message of " + messageSize + " bytes";
  }

  @Override
  public String description() {
    return "The writer is asked for " + messageSize + "B, the reader reads it.";
  }

  @Override
  public String expectation() {
    return "The object holds "
        + (messageSize - 1)
        + " times 'a' and a NUL; the reader saw the same without the NUL; nothing stays.";
  }

  @Override
  public String layout() {
    return "classic";
  }

  @Override
  public void run(Exchange exchange) throws CellFailure, IOException {
    byte[] text = Classic.text(messageSize);
    exchange.write(messageSize + "B");
    Classic.requireObject(exchange, text);
    byte[] seen = exchange.read("");
    Classic.requireRead(exchange, text, seen);
    exchange.removeIfSysv();
  }
}
