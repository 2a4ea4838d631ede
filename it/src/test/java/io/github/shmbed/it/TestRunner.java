// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Home;
import io.github.shmbed.runner.DockerRunner;
import io.github.shmbed.runner.HostRunner;

/** The runner of the integration tests: {@code -Dshmbed.runner}, docker unless it says host. */
final class TestRunner {
  static final String NAME = System.getProperty("shmbed.runner", "docker");

  private TestRunner() {}

  static Session.RunnerFactory factory(Home home) {
    return switch (NAME) {
      case "host" -> run -> new HostRunner(home.path());
      case "docker" -> run -> new DockerRunner(home.path(), run);
      default -> throw new IllegalArgumentException("shmbed.runner is docker or host, not " + NAME);
    };
  }
}
