// SPDX-License-Identifier: Apache-2.0
// --trace: the time stamps of each measured message.
package io.github.shmbed.peer;

import io.github.shmbed.latency.MessageLedger;
import java.io.IOException;

/** Writes traces. */
final class TraceFile {
  private TraceFile() {}

  static void write(Options options, MessageLedger ledger) throws IOException {
    if (options.trace() == null) {
      return;
    }
    byte[] bytes = ledger.traceBytes();
    try (PrivateFile file = new PrivateFile(options.trace())) {
      file.write(bytes, bytes.length);
    }
  }
}
