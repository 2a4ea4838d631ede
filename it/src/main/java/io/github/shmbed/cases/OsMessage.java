// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.registry.Api;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The second, smaller convention: 4096 bytes, mode 0666, a text written in two parts. */
public final class OsMessage implements Case {
  private static final byte[] TEXT =
      "This is POSIX shared memory IPC.\n".getBytes(StandardCharsets.US_ASCII);
  private static final int SEGMENT_SIZE = 4096;
  private static final int MODE = 0666;

  @Override
  public String name() {
    return "os-message";
  }

  @Override
  public String title() {
    return "the OS convention";
  }

  @Override
  public String description() {
    return "The writer writes its text in two parts, the reader reads it; layout os.";
  }

  @Override
  public String expectation() {
    return "The object has "
        + SEGMENT_SIZE
        + " bytes and mode 0666 and holds the text and a NUL; the reader saw the text.";
  }

  @Override
  public String layout() {
    return "os";
  }

  @Override
  public boolean existsFor(Api api) {
    return api == Api.POSIX;
  }

  @Override
  public void run(Exchange exchange) throws CellFailure, IOException {
    exchange.write("--layout os");
    Classic.requireObject(exchange, TEXT, SEGMENT_SIZE, MODE);
    Classic.requireRead(exchange, TEXT, exchange.read("--layout os"));
  }
}
