// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./shmbed completion}: a script for the shell. */
@Command(
    name = "completion",
    description = "Prints a completion script: source <(./shmbed completion)")
public final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    // the shell completes by the program's name without its directory
    System.out.print(AutoComplete.bash("shmbed", root));
    return 0;
  }
}
