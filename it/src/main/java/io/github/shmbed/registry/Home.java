// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the tree is: SHMBED_HOME (set by the launcher), else the property shmbed.home, else the
 * working directory.
 */
public record Home(Path path) {

  /**
   * Finds the tree.
   *
   * @throws IllegalStateException when there is no peers/peers.json in it
   */
  public static Home find() {
    String set =
        System.getProperty("shmbed.home", System.getenv().getOrDefault("SHMBED_HOME", "."));
    Path path = Path.of(set).toAbsolutePath().normalize();
    if (!Files.isRegularFile(path.resolve("peers/peers.json"))) {
      throw new IllegalStateException(
          "no peers/peers.json in " + path + ": start the program by ./shmbed, or set SHMBED_HOME");
    }
    return new Home(path);
  }

  public Path peersFile() {
    return path.resolve("peers/peers.json");
  }

  public Path knownFailuresFile() {
    return path.resolve("peers/known-failures.json");
  }

  /** Where results go unless told otherwise. */
  public Path resultsFile() {
    return path.resolve("build/results.json");
  }
}
