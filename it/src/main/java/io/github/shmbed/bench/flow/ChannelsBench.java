// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Interleaving;
import io.github.shmbed.bench.Measurement;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Target;
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

/** Every channel under every load that suits it, between several pairings. */
final class ChannelsBench {
  static final String BENCH = "channels";
  static final List<String> STAGES =
      List.of(Streamed.ROUND_TRIP, Streamed.ONE_WAY, Streamed.END_TO_END);

  private static final int PATIENCE = 3;
  private static final Duration WARM_UP = Duration.ofMillis(1_500);
  private static final Duration QUICK_WARM_UP = Duration.ofMillis(20);

  private final BenchRun run;
  private final ServingPeers peers;
  private final Map<Load, Placement> placements;
  private final boolean quick;

  /**
   * @param placements of the loads that this machine can take
   * @param quick a tenth of the messages
   */
  ChannelsBench(BenchRun run, ServingPeers peers, Map<Load, Placement> placements, boolean quick) {
    this.run = run;
    this.peers = peers;
    this.placements = new EnumMap<>(placements);
    this.quick = quick;
  }

  /**
   * Takes them all.
   *
   * @param pairings the first is the control
   */
  List<BenchRow> take(
      List<ChannelKind> channels, List<Pairing> pairings, int rounds, Duration budget)
      throws IOException {
    List<Series> series = new ArrayList<>();
    placements.forEach(
        (load, placement) -> {
          for (ChannelKind channel : channels) {
            for (long sizeBytes : load.suits(channel) ? load.sizes(channel) : new long[0]) {
              for (Pairing pairing : pairings) {
                Series one = series(load, channel, sizeBytes, pairing, pairings.get(0));
                series.add(one);
                if (pairing == pairings.get(0)) {
                  series.add(one.again());
                }
              }
            }
          }
        });
    return run.take(series, rounds, Interleaving.balanced(Target.LEAST_ROUNDS), budget);
  }

  static Map<String, Object> parameters(Load load, ChannelKind channel, long sizeBytes) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("channel", channel.id());
    parameters.put("load", load.placement);
    parameters.put("rate", load.rate);
    parameters.put("sizeBytes", sizeBytes);
    return parameters;
  }

  private Series series(
      Load load, ChannelKind channel, long sizeBytes, Pairing pairing, Pairing control) {
    Placement placement = placements.get(load);
    Stream stream = load.stream(channel, sizeBytes, quick ? 10 : 1);
    return new Series(
        pairing.id(),
        control.id(),
        parameters(load, channel, sizeBytes),
        placement,
        round -> take(pairing, stream, placement, round));
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
    } while (warmUp.goesOn(streamed.typicalNs(List.of(Streamed.ROUND_TRIP))));
    return streamed.measurements(STAGES);
  }
}
