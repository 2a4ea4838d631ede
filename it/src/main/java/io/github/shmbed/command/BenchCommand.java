// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./shmbed bench NAME}: what things cost. */
@Command(
    name = "bench",
    description = "Measures what things cost.",
    subcommands = {
      BenchStagesCommand.class,
      BenchChannelsCommand.class,
      BenchSizesCommand.class,
      BenchCodecsCommand.class,
      BenchChainCommand.class,
      BenchStorageCommand.class
    })
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "which bench? " + String.join(", ", spec.subcommands().keySet()));
  }
}
