// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.skmsg;

import io.github.shmbed.Lacking;
import io.github.shmbed.libc.PosixCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A manager for the tests of this JVM, in a folder of its own; it ends with the JVM. */
public final class TestManager {
  private static final TestManager ONE = new TestManager();

  private Path folder;
  private String reason;

  private TestManager() {
    try {
      folder = Files.createTempDirectory("shmbed-skmsg-test-");
      SkmsgManager manager = SkmsgManager.up(folder, PosixCalls.geteuid());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(manager, folder)));
    } catch (SkmsgUnsupported e) {
      reason = e.getMessage();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void end(SkmsgManager manager, Path folder) {
    manager.close();
    folder.toFile().delete();
  }

  /** Where its peers meet; a machine that cannot have a manager ends the test and says why. */
  public static Path folder() {
    if (ONE.reason != null) {
      Lacking.end("skmsg", ONE.reason);
    }
    return ONE.folder;
  }
}
