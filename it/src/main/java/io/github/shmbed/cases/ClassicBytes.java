// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import java.io.IOException;

/** Text of every byte that a classic message can hold. */
public final class ClassicBytes implements Case {
  /** Odd, and not a multiple of a page: an error in rounding shows. */
  private static final int LENGTH = 70_001;

  @Override
  public String name() {
    return "classic-bytes";
  }

  @Override
  public String title() {
    return "text of every byte from 1 to 255";
  }

  @Override
  public String description() {
    return "The writer gets "
        + LENGTH
        + " bytes of the run's own text as --payload, the reader reads it.";
  }

  @Override
  public String expectation() {
    return "The object holds exactly these bytes and a NUL, and the reader saw exactly these bytes: no byte is taken for a character.";
  }

  @Override
  public String layout() {
    return "classic";
  }

  @Override
  public void run(Exchange exchange) throws CellFailure, IOException {
    byte[] text = exchange.payload().text(LENGTH);
    exchange.write("--payload '" + exchange.payloadFile(text) + "'");
    Classic.requireObject(exchange, text);
    Classic.requireRead(exchange, text, exchange.read(""));
    exchange.removeIfSysv();
  }
}
