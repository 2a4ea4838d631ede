// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./shmbed bench channels}: what sending the pointer costs. */
@Command(
    name = "channels",
    description = {
      "Every channel, round trip and one way: in a closed loop on one CPU and on two, and at a fixed rate with intended",
      "send times. C to C is the control."
    },
    footer = {"", "Exit code: 0; 1 when a check is INVALID. docs/latency.md explains the numbers."})
final class BenchChannelsCommand implements Callable<Integer> {
  @Mixin private FlowOptions options;

  @Option(
      names = "--channels",
      paramLabel = "NAME",
      split = ",",
      description = "Some channels only, as unix,spin (default: all).")
  private List<String> channels = List.of();

  @Option(
      names = "--pairings",
      paramLabel = "WRITER:READER",
      split = ",",
      description =
          "Other pairings; the first is the control (default: C-C, Java-Java, Java-C, Python-Python).")
  private List<String> pairings = List.of();

  @Override
  public Integer call() throws Exception {
    return options.run("channels", flow -> flow.channels(channels, pairings));
  }
}
