// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import io.github.shmbed.registry.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command line of {@code ./shmbed}, run to its end. */
record Launched(int exit, String stdout, String stderr) {
  /** Not a claim about speed: it may have to build the images of the peers first. */
  private static final int MOST_SECONDS = 300;

  private static final int CLEAN_UP_SECONDS = 10;

  /**
   * Starts ./shmbed; the launcher becomes the program it starts, so the process is that program's.
   */
  static ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>(List.of("./shmbed"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).directory(Home.find().path().toFile());
  }

  static Launched run(String... arguments) throws IOException, InterruptedException {
    Path stdout = Files.createTempFile("shmbed-it-", ".out");
    Path stderr = Files.createTempFile("shmbed-it-", ".err");
    try {
      Process process =
          builder(arguments).redirectOutput(stdout.toFile()).redirectError(stderr.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroy(); // SIGTERM: it removes what it made
        if (!process.waitFor(CLEAN_UP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
        throw new IOException(
            "./shmbed "
                + String.join(" ", arguments)
                + " did not end within "
                + MOST_SECONDS
                + " s");
      }
      return new Launched(
          process.exitValue(),
          Files.readString(stdout, StandardCharsets.UTF_8),
          Files.readString(stderr, StandardCharsets.UTF_8));
    } finally {
      Files.delete(stdout);
      Files.delete(stderr);
    }
  }

  @Override
  public String toString() {
    return "exit " + exit + "\n" + stdout + "\n" + stderr;
  }
}
