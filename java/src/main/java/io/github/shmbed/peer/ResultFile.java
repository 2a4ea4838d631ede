// SPDX-License-Identifier: Apache-2.0
// --result FILE: the result object in a file of mode 0600.
package io.github.shmbed.peer;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Writes result files. */
final class ResultFile {
  private ResultFile() {}

  /**
   * Writes the result there. When that fails the command has failed, whatever it did: the one who
   * asked is not told.
   *
   * @param destination the value of {@code --result}; null and {@code -} are not for here
   */
  static void write(String destination, Result result) {
    if (destination == null || destination.equals("-") || destination.isEmpty()) {
      return;
    }
    byte[] json = ResultJson.of(result);
    try (PrivateFile file = new PrivateFile(Path.of(destination))) {
      file.write(json, json.length);
    } catch (IOException failed) {
      result.fail(Failure.of(failed));
    } catch (InvalidPathException wrong) {
      result.refuse(ExitCode.USAGE, CommandModel.RESULT + ": " + wrong.getReason());
    }
  }
}
