// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.Coded;
import io.github.shmbed.cases.FramedExchange;
import io.github.shmbed.ledger.PairMeasurement;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.values.Schema;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The options of {@code pair} that make it measure messages over a channel. */
final class ChannelOptions {
  private static final int MOST_MESSAGES = 5_000_000;
  private static final int WARMUP = 10_000;
  private static final int MOST_WINDOW = 8;
  private static final Duration MOST_DEADLINE = Duration.ofMillis(86_400_000);

  /** What a message takes at most, so that a deadline is one and no long run hits it. */
  private static final Duration A_MESSAGE = Duration.ofNanos(500_000);

  /** And each of its bytes: written, read, and in both put into a checksum and a digest. */
  private static final Duration A_BYTE = Duration.ofNanos(20);

  /** A batch or a tensor, in the slowest codec and language. */
  private static final Duration LARGE_VALUES = Duration.ofMillis(50);

  private static final int LARGE_WARMUP = 300;
  private static final long LARGE_BYTES = 64 << 10;

  @Option(
      names = "--channel",
      paramLabel = "NAME",
      description =
          "Measure messages over this channel: unix, unix-seqpacket, fifo, posix-mq, posix-sem,"
              + " sysv-msg, futex, eventfd, skmsg, skmsg-pin, spin, rtering; unix-whole: the payload goes over it, too.")
  private String channel;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Measured messages (default: 1, of fresh processes).")
  private Integer count;

  @Option(
      names = "--warmup",
      paramLabel = "M",
      description =
          "Messages before them (default: 10000, enough for a JVM to compile; 300 with more than 64K, and with --shape telemetry or tensor).")
  private Integer warmup;

  @Option(
      names = "--window",
      paramLabel = "K",
      description = "Messages on the way at most, 1 to 8 (default: 1).")
  private Integer window;

  @Option(
      names = "--message-size",
      paramLabel = "S",
      description = "Bytes of a message, as 64, 4K, 1M (default: 64).")
  private String messageSize;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      description = "In place of bytes, values: record, telemetry, tensor.")
  private String shape;

  @Option(
      names = "--codec",
      paramLabel = "NAME",
      description =
          "How values become a message: raw (default), struct, json, msgpack, cbor, protobuf, flatbuffers.")
  private String codec;

  /** What is to be measured; empty when no channel is given. */
  Optional<PairMeasurement> measurement() {
    if (channel == null) {
      if (count != null || warmup != null || window != null || messageSize != null || isShaped()) {
        throw new UsageError(
            "--count, --warmup, --window, --message-size, --shape and --codec need --channel");
      }
      return Optional.empty();
    }
    ChannelKind kind =
        ChannelKind.find(channel)
            .orElseThrow(
                () ->
                    new UsageError(
                        "no channel is called '"
                            + channel
                            + "'; there are: "
                            + Arrays.stream(ChannelKind.values())
                                .map(ChannelKind::id)
                                .collect(Collectors.joining(" "))));
    int messages = inRange("--count", count, 1, 1, MOST_MESSAGES);
    int before = inRange("--warmup", warmup, messages == 1 ? 0 : usualWarmup(), 0, MOST_MESSAGES);
    if (messages == 1 && before > 0) {
      throw new UsageError("--count 1 is the first message of fresh processes: no --warmup");
    }
    return Optional.of(
        new PairMeasurement(
            kind, content(), messages, before, inRange("--window", window, 1, 1, MOST_WINDOW)));
  }

  private boolean isShaped() {
    return shape != null || codec != null;
  }

  private boolean hasLargeValues() {
    return shape != null && !shape.equals("record");
  }

  private int usualWarmup() {
    return hasLargeValues() || sizeBytes() > LARGE_BYTES ? LARGE_WARMUP : WARMUP;
  }

  private FramedExchange.Content content() {
    if (!isShaped()) {
      return new FramedExchange.Content(sizeBytes());
    }
    if (shape == null || messageSize != null) {
      throw new UsageError("--codec needs --shape, and --shape excludes --message-size");
    }
    String chosen = codec == null ? "raw" : codec;
    require("codec", chosen, Coded.CODECS);
    require("shape", shape, Schema.ofTree().shapes().keySet());
    return new FramedExchange.Content(shape, chosen);
  }

  private static void require(String what, String name, Collection<String> all) {
    if (!all.contains(name)) {
      throw new UsageError(
          "no " + what + " is called '" + name + "'; there are: " + String.join(" ", all));
    }
  }

  /**
   * How long one command of a peer may take for it, at least; no longer than the contract has it.
   */
  Duration deadline() {
    long messages = (count == null ? 1L : count) + (warmup == null ? usualWarmup() : warmup);
    Duration each =
        hasLargeValues() ? LARGE_VALUES : A_MESSAGE.plus(A_BYTE.multipliedBy(sizeBytes()));
    Duration all = each.multipliedBy(messages);
    return all.compareTo(MOST_DEADLINE) < 0 ? all : MOST_DEADLINE;
  }

  private long sizeBytes() {
    return messageSize == null ? 64 : ByteSize.parse("--message-size", messageSize);
  }

  private static int inRange(String option, Integer value, int otherwise, int least, int most) {
    int chosen = value == null ? otherwise : value;
    if (chosen < least || chosen > most) {
      throw new UsageError(option + " is " + least + " to " + most + ", not " + chosen);
    }
    return chosen;
  }
}
