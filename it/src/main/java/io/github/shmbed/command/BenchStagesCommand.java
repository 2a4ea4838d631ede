// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.bench.flow.Flow;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./shmbed bench stages}: each stage of the flow in each language. */
@Command(
    name = "stages",
    description = {
      "Each stage of the flow, C, Java and Python side by side: what happens once for a segment (create, size, reserve,"
          + " attach, detach, remove), and warm writes and reads of 16 B to 1 MiB."
    },
    footer = {
      "",
      "Read a row so: '9.08u 1.59 (1.37-1.84)' is a median of 9.08 us, 1.59 times that of C.",
      "",
      "  ./shmbed bench stages --quick            some seconds: does it work?",
      "  ./shmbed bench stages --runner docker    C and Python in containers, Java there and on the host",
      "",
      "Exit code: 0; 1 when a check is INVALID. docs/latency.md explains the numbers."
    })
final class BenchStagesCommand implements Callable<Integer> {
  @Mixin private FlowOptions options;

  @Override
  public Integer call() throws Exception {
    return options.run("stages", Flow::stages);
  }
}
