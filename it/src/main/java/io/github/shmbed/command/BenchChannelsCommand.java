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
      "Every channel, round trip and one way: in a closed loop on one CPU and on two, and at a fixed rate with intended"
          + " send times. C to C is the control."
    },
    footer = {
      "",
      "Read a row so: '5.60u 1.26 (1.21-1.33)' is a median of 5.60 us, 1.26 times the control's.",
      "",
      "  ./shmbed bench channels --quick                      some seconds: does it work?",
      "  ./shmbed bench channels --channels unix,spin         two channels only",
      "  ./shmbed bench channels --runner docker              C and Python in containers",
      "",
      "Exit code: 0; 1 when a check is INVALID. docs/latency.md explains the numbers."
    })
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
          "Other pairings; the first is the control (default: C-C, Java-Java, Java-C, C-Java, Python-Python).")
  private List<String> pairings = List.of();

  @Override
  public Integer call() throws Exception {
    return options.run("channels", flow -> flow.channels(channels, pairings));
  }
}
