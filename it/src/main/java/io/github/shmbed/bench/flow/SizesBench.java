// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Measurement;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Payloads of every size: through shared memory with the descriptor over a UNIX socket, against
 * whole through the same kind of socket.
 */
final class SizesBench {
  static final String BENCH = "sizes";

  /** Shared memory and the descriptor: the control. */
  static final ChannelKind SHARED = ChannelKind.UNIX;

  /** The payload whole. */
  static final ChannelKind WHOLE = ChannelKind.UNIX_WHOLE;

  static final String STAGE = Streamed.END_TO_END;

  /** 64 B to 64 MiB, each four times the one before. */
  static final List<Long> SIZES =
      List.of(
          64L,
          256L,
          1L << 10,
          4L << 10,
          16L << 10,
          64L << 10,
          256L << 10,
          1L << 20,
          4L << 20,
          16L << 20,
          64L << 20);

  /** For a look: some seconds. */
  static final List<Long> QUICK_SIZES = List.of(64L, 4L << 10, 64L << 10, 1L << 20, 4L << 20);

  private static final int PATIENCE = 3;
  private static final Duration WARM_UP = Duration.ofMillis(600);
  private static final Duration QUICK_WARM_UP = Duration.ofMillis(10);
  private static final int MESSAGES = 1_000;
  private static final int LEAST_MESSAGES = 3;
  private static final long MOST_BYTES = 64L << 20;

  private final BenchRun run;
  private final ServingPeers peers;
  private final Map<Load, Placement> placements;
  private final boolean quick;

  /**
   * @param placements of the loads that this machine can take
   * @param quick a tenth of the messages
   */
  SizesBench(BenchRun run, ServingPeers peers, Map<Load, Placement> placements, boolean quick) {
    this.run = run;
    this.peers = peers;
    this.placements = new EnumMap<>(placements);
    this.quick = quick;
  }

  /** Takes them all; each pairing is its own control. */
  List<BenchRow> take(List<Long> sizes, List<Pairing> pairings, int rounds, Duration budget)
      throws IOException {
    List<Series> series = new ArrayList<>();
    placements.forEach(
        (load, placement) -> {
          for (long sizeBytes : sizes) {
            for (Pairing pairing : pairings) {
              Series shared = series(load, placement, sizeBytes, pairing, SHARED);
              series.add(shared);
              series.add(series(load, placement, sizeBytes, pairing, WHOLE));
              series.add(shared.again());
            }
          }
        });
    return run.take(series, rounds, budget);
  }

  static String variant(Pairing pairing, ChannelKind channel) {
    return pairing.id() + " " + channel.id();
  }

  static Map<String, Object> parameters(Load load, long sizeBytes) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("load", load.placement);
    parameters.put("sizeBytes", sizeBytes);
    return parameters;
  }

  private Series series(
      Load load, Placement placement, long sizeBytes, Pairing pairing, ChannelKind channel) {
    Stream stream = stream(channel, sizeBytes, quick ? 10 : 1);
    return new Series(
        variant(pairing, channel),
        variant(pairing, SHARED),
        parameters(load, sizeBytes),
        placement,
        round -> take(pairing, stream, placement, round));
  }

  /** Few messages where they are large: a stream takes some tens of milliseconds. */
  static Stream stream(ChannelKind channel, long sizeBytes, int divisor) {
    long most = Math.min(MESSAGES, MOST_BYTES / sizeBytes) / divisor;
    int count = (int) Math.max(LEAST_MESSAGES, most);
    return new Stream(channel, sizeBytes, count, Math.max(1, count / 20), 0);
  }

  private Map<String, Measurement> take(
      Pairing pairing, Stream stream, Placement placement, int round)
      throws IOException, Unsupported {
    pairing.requireChannel(stream.channel());
    StreamRun streams = new StreamRun(peers, pairing.writer(), pairing.reader());
    streams.place(placement, round);
    Streamed streamed;
    WarmUp warmUp = new WarmUp(round, 0, PATIENCE, quick ? QUICK_WARM_UP : WARM_UP);
    do {
      streamed = streams.take(stream);
    } while (warmUp.goesOn(streamed.typicalNs(List.of(STAGE))));
    return streamed.measurements(List.of(STAGE));
  }
}
