// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.result.Outcome;
import java.io.IOException;

/** A long message, then a shorter one in the same segment. */
public final class ClassicReuse implements Case {
  private static final int LONG_MESSAGE = 100_000;
  private static final int SHORT_MESSAGE = 100;

  @Override
  public String name() {
    return "classic-reuse";
  }

  @Override
  public String title() {
    return "a shorter message in a used segment";
  }

  @Override
  public String description() {
    return "The writer writes "
        + LONG_MESSAGE
        + "B and then "
        + SHORT_MESSAGE
        + "B at the same name, the reader reads.";
  }

  @Override
  public String expectation() {
    return "The second message uses the first one's object again, ends with its own NUL, and no old tail is read.";
  }

  @Override
  public String layout() {
    return "classic";
  }

  @Override
  public void run(Exchange exchange) throws CellFailure, IOException {
    exchange.write(LONG_MESSAGE + "B");
    Classic.requireObject(exchange, Classic.text(LONG_MESSAGE));
    String first = exchange.object().identity();

    byte[] text = Classic.text(SHORT_MESSAGE);
    exchange.write(SHORT_MESSAGE + "B");
    Classic.requireObject(exchange, text);
    String second = exchange.object().identity();
    if (!second.equals(first)) {
      throw new CellFailure(
          Outcome.ERROR,
          "writer "
              + exchange.writer().id()
              + ": made a new object ("
              + second
              + ") in place of using the old one ("
              + first
              + ") again");
    }

    Classic.requireRead(exchange, text, exchange.read(""));
    exchange.removeIfSysv();
  }
}
