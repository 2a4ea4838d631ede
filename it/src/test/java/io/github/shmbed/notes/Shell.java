// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.notes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a person types. */
final class Shell {
  private static final int DEADLINE_SECONDS = 10;

  private Shell() {}

  /** Runs a line by sh and gives what it printed; it must end with exit 0. */
  static String run(String line) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of("sh", "-c", line)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(line + ": not done after " + DEADLINE_SECONDS + " s");
    }
    if (process.exitValue() != 0) {
      throw new IOException(line + ": exit " + process.exitValue() + ": " + said);
    }
    return said;
  }
}
