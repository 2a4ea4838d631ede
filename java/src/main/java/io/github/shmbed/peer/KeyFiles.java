// SPDX-License-Identifier: Apache-2.0
// Where the System V key file is when nobody says: shmkey.txt here, as the original programs have
// it, else this tree's own.
package io.github.shmbed.peer;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/** Finds the key file. */
final class KeyFiles {
  private static final String NAME = "shmkey.txt";

  private KeyFiles() {}

  /** The file for ftok; it need not be there, which ftok then says. */
  static Path find(Options options) {
    if (options.keyFile() != null) {
      return options.keyFile();
    }
    Path here = Path.of(NAME);
    Path home = Files.exists(here) ? null : home();
    return home == null ? here : home.resolve("peers/c/sysv").resolve(NAME);
  }

  /**
   * The project's folder: as told by the launcher, else three levels up from
   * java/target/shmbed-java.jar; null if unknown.
   */
  private static Path home() {
    String told = System.getProperty("shmbed.home", System.getenv("SHMBED_HOME"));
    if (told != null && !told.isEmpty()) {
      return Path.of(told);
    }
    CodeSource source = KeyFiles.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      return null;
    }
    try {
      Path home = Path.of(source.getLocation().toURI());
      for (int level = 0; level < 3 && home != null; level++) {
        home = home.getParent();
      }
      return home;
    } catch (URISyntaxException notAFile) {
      return null;
    }
  }
}
