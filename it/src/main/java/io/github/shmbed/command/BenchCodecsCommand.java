// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./shmbed bench codecs}: what encoding and decoding cost. */
@Command(
    name = "codecs",
    description = {
      "Values of three shapes (a record, a telemetry batch, a tensor) through every codec: encode, decode, size, their"
          + " share of end to end. The control is the raw bytes whole over a UNIX socket: it tells which codec eats what"
          + " shared memory saves, and from which shape on."
    },
    footer = {
      "",
      "Read a row so: 'of whole 0.31 (0.29-0.33)' means that encoding into shared memory and decoding from it takes 0.31"
          + " of the time that the socket takes for the raw bytes.",
      "",
      "  ./shmbed bench codecs --quick                          some seconds: does it work?",
      "  ./shmbed bench codecs --codecs json,flatbuffers --shapes telemetry",
      "  ./shmbed bench codecs --pairings java-posix:c-posix,c-posix:python-posix",
      "",
      "Exit code: 0; 1 when a check is INVALID. docs/codecs.md explains the numbers."
    })
final class BenchCodecsCommand implements Callable<Integer> {
  @Mixin private FlowOptions options;

  @Option(
      names = "--codecs",
      paramLabel = "NAME",
      split = ",",
      description =
          "Some codecs only: raw, struct, json, msgpack, cbor, protobuf, flatbuffers (default: all).")
  private List<String> codecs = List.of();

  @Option(
      names = "--shapes",
      paramLabel = "NAME",
      split = ",",
      description = "Some shapes only: record, telemetry, tensor (default: all).")
  private List<String> shapes = List.of();

  @Option(
      names = "--pairings",
      paramLabel = "WRITER:READER",
      split = ",",
      description =
          "Other pairings, each compared with itself (default: C-C, Java-Java, Python-Python).")
  private List<String> pairings = List.of();

  @Override
  public Integer call() throws Exception {
    return options.run("codecs", flow -> flow.codecs(codecs, shapes, pairings));
  }
}
