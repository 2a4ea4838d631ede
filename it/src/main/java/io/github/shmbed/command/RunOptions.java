// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.matrix.Session;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.runner.DockerRunner;
import io.github.shmbed.runner.HostRunner;
import io.github.shmbed.runner.RunnerUnavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options of every command that runs cells. */
final class RunOptions {
  @Option(
      names = "--runner",
      paramLabel = "host|docker",
      defaultValue = "host",
      description = "Where peers run (default: ${DEFAULT-VALUE}).")
  private String runner;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of all payloads, to get the same bytes again (default: random, printed).")
  private Long seed;

  @Option(
      names = "--deadline-ms",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How long a peer may take for one command (default: ${DEFAULT-VALUE}).")
  private long deadlineMs;

  @Option(
      names = "--peers",
      paramLabel = "FILE",
      hidden = true,
      description = "Another registry than peers/peers.json.")
  private Path peers;

  String runner() {
    if (!runner.equals("host") && !runner.equals("docker")) {
      throw new UsageError("--runner is host or docker, not '" + runner + "'");
    }
    return runner;
  }

  Registry registry(Home home) throws IOException {
    return Registry.load(peers != null ? peers : home.peersFile());
  }

  Session open(Home home) throws IOException, RunnerUnavailable {
    return open(home, Duration.ZERO);
  }

  /** With a deadline that is not below {@code least}. */
  Session open(Home home, Duration least) throws IOException, RunnerUnavailable {
    if (deadlineMs < 1 || deadlineMs > 86_400_000) {
      throw new UsageError("--deadline-ms is 1 to 86400000, not " + deadlineMs);
    }
    return Session.open(
        home,
        run ->
            runner().equals("host")
                ? new HostRunner(home.path())
                : new DockerRunner(home.path(), run),
        seed,
        Duration.ofMillis(Math.max(deadlineMs, least.toMillis())));
  }
}
