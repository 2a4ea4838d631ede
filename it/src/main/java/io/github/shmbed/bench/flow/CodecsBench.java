// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Measurement;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.FramedExchange;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values through every codec and shared memory, against the same values' raw bytes whole through
 * the same kind of socket: a codec that takes longer than these eats all that shared memory saves.
 */
final class CodecsBench {
  static final String BENCH = "codecs";

  /** What is not encoded. */
  static final String RAW = "raw";

  private static final String WHOLE = "raw whole";
  private static final List<String> STAGES =
      List.of(Streamed.ENCODE, Streamed.DECODE, Streamed.END_TO_END);

  private static final int PATIENCE = 3;
  private static final Duration WARM_UP = Duration.ofMillis(700);
  private static final Duration QUICK_WARM_UP = Duration.ofMillis(10);

  private final BenchRun run;
  private final ServingPeers peers;
  private final Placement placement;
  private final boolean quick;

  /**
   * @param placement of both processes
   * @param quick a tenth of the messages
   */
  CodecsBench(BenchRun run, ServingPeers peers, Placement placement, boolean quick) {
    this.run = run;
    this.peers = peers;
    this.placement = placement;
    this.quick = quick;
  }

  /** Takes them all; each pairing is its own control. */
  List<BenchRow> take(
      List<String> codecs, List<String> shapes, List<Pairing> pairings, int rounds, Duration budget)
      throws IOException {
    List<Series> series = new ArrayList<>();
    for (String shape : shapes) {
      for (Pairing pairing : pairings) {
        Series whole = series(pairing, shape, RAW, ChannelKind.UNIX_WHOLE);
        series.add(whole);
        for (String codec : codecs) {
          series.add(series(pairing, shape, codec, ChannelKind.UNIX));
        }
        series.add(whole.again());
      }
    }
    return run.take(series, rounds, budget);
  }

  /** The control: no codec and no shared memory. */
  static String whole(Pairing pairing) {
    return pairing.id() + " " + WHOLE;
  }

  static String shared(Pairing pairing, String codec) {
    return pairing.id() + " " + codec;
  }

  static Map<String, Object> parameters(String shape) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("shape", shape);
    return parameters;
  }

  private Series series(Pairing pairing, String shape, String codec, ChannelKind channel) {
    boolean isWhole = channel.carriesPayload();
    Stream stream = stream(channel, shape, codec, quick ? 10 : 1);
    return new Series(
        isWhole ? whole(pairing) : shared(pairing, codec),
        whole(pairing),
        parameters(shape),
        placement,
        round -> take(pairing, stream, isWhole ? List.of(Streamed.END_TO_END) : STAGES, round));
  }

  /** A stream takes some tens of milliseconds. */
  private static Stream stream(ChannelKind channel, String shape, String codec, int divisor) {
    int usual =
        switch (shape) {
          case "record" -> 500;
          case "telemetry" -> 40;
          default -> 30;
        };
    int count = Math.max(4, usual / divisor);
    FramedExchange.Content content = new FramedExchange.Content(shape, codec);
    return new Stream(channel, content, count, Math.max(1, count / 10), 0);
  }

  private Map<String, Measurement> take(
      Pairing pairing, Stream stream, List<String> stages, int round)
      throws IOException, Unsupported {
    pairing.requireChannel(stream.channel());
    pairing.requireCodec(stream.content().codec());
    StreamRun streams = new StreamRun(peers, pairing.writer(), pairing.reader());
    streams.place(placement, round);
    Streamed streamed;
    WarmUp warmUp = new WarmUp(round, 0, PATIENCE, quick ? QUICK_WARM_UP : WARM_UP);
    do {
      streamed = streams.take(stream);
    } while (warmUp.goesOn(streamed.typicalNs(List.of(Streamed.END_TO_END))));
    return streamed.measurements(stages);
  }
}
