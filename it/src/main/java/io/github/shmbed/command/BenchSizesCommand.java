// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./shmbed bench sizes}: from which size on shared memory wins. */
@Command(
    name = "sizes",
    description = {
      "Payloads of 64 B to 64 MiB from end to end: through shared memory with the descriptor over a UNIX socket (channel"
          + " unix), against whole through the same kind of socket (channel unix-whole). Closed loop, blocking, warm, on"
          + " one CPU and on two. Says from which size on shared memory wins."
    },
    footer = {
      "",
      "Read a row so: 'whole/shared 2.71 (2.60-2.83)' means that the payload whole takes 2.71 times as long.",
      "",
      "  ./shmbed bench sizes --quick                     some seconds: does it work?",
      "  ./shmbed bench sizes --sizes 4K,1M --rounds 20   two sizes, narrower intervals",
      "  ./shmbed bench sizes --pairings java-posix:c-posix,c-sysv:c-sysv",
      "",
      "Exit code: 0; 1 when a check is INVALID. docs/latency.md explains the numbers."
    })
final class BenchSizesCommand implements Callable<Integer> {
  @Mixin private FlowOptions options;

  @Option(
      names = "--sizes",
      paramLabel = "S",
      split = ",",
      description = "Some sizes only, as 64,4K,1M (default: 64 to 64M, each four times the last).")
  private List<String> sizes = List.of();

  @Option(
      names = "--pairings",
      paramLabel = "WRITER:READER",
      split = ",",
      description =
          "Other pairings, each compared with itself (default: C-C, Java-Java, Python-Python).")
  private List<String> pairings = List.of();

  @Override
  public Integer call() throws Exception {
    List<Long> bytes = sizes.stream().map(size -> ByteSize.parse("--sizes", size)).toList();
    return options.run("sizes", flow -> flow.sizes(bytes, pairings));
  }
}
