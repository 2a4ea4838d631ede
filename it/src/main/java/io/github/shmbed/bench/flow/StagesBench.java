// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Measurement;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Statistics;
import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Each stage of the flow in each language. Those that happen once for a segment come from {@link
 * SegmentLines}, warm write and read from streams of one peer to itself; everything runs on one
 * CPU.
 */
final class StagesBench {
  static final String BENCH = "stages";

  /** A megabyte, for the target; the others for the shape. */
  static final long MEGABYTE = 1_000_000;

  static final List<Long> SIZES = List.of(16L, 1L << 10, MEGABYTE, 1L << 20);

  /** Of the channels it costs least on one CPU, and needs no object of its own. */
  private static final ChannelKind CHANNEL = ChannelKind.FUTEX;

  /**
   * Of streams and segments in turn: what HotSpot compiled for the one it has to compile anew,
   * once, when the other takes a branch that was never taken.
   */
  static final int WARM_UPS = 3;

  private static final int SEGMENTS_PATIENCE = 15;
  private static final int COPIES_PATIENCE = 5;

  static final List<String> COPIES = List.of(Streamed.WRITE, Streamed.READ);

  /**
   * How much.
   *
   * @param segments of each peer in a round
   * @param messages of each peer and size in a round, at most
   * @param megabytes of each peer and size in a round, at most
   * @param leastSegments of each peer in a round of the warm-up: HotSpot compiles for good what was
   *     called 5,000 to 15,000 times (Tier4InvocationThreshold, Tier4CompileThreshold), and a loop
   *     that is entered once a command line only then
   * @param warmUp of the segments of each peer in a round, at most; streams take at most an eighth
   */
  record Amount(int segments, int messages, int megabytes, int leastSegments, Duration warmUp) {
    static final Amount USUAL = new Amount(1_000, 1_000, 60, 40_000, Duration.ofSeconds(4));
    static final Amount QUICK = new Amount(10, 100, 5, 0, Duration.ofMillis(200));

    int messagesOf(long sizeBytes) {
      return (int) Math.max(4, Math.min(messages, megabytes * MEGABYTE / sizeBytes));
    }
  }

  private final BenchRun run;
  private final ServingPeers peers;
  private final Placement placement;
  private final Amount amount;

  StagesBench(BenchRun run, ServingPeers peers, Placement placement, Amount amount) {
    this.run = run;
    this.peers = peers;
    this.placement = placement;
    this.amount = amount;
  }

  /**
   * Takes all stages of some peers.
   *
   * @param all the first of each API family is the control of its family
   */
  List<BenchRow> take(List<Peer> all, int rounds, Duration budget) throws IOException {
    List<Series> series = new ArrayList<>();
    for (long sizeBytes : SIZES) {
      for (Peer peer : all) {
        String control = control(all, peer).id();
        Series copies =
            new Series(
                peer.id(),
                control,
                parameters(peer, sizeBytes),
                placement,
                round -> copies(peer, sizeBytes, round));
        series.add(copies);
        if (peer.id().equals(control)) {
          series.add(copies.again());
        }
      }
    }
    for (Peer peer : all) {
      String control = control(all, peer).id();
      Series segments =
          new Series(
              peer.id(),
              control,
              parameters(peer, SegmentLines.MESSAGE_BYTES),
              placement,
              round -> segments(peer, round));
      series.add(segments);
      if (peer.id().equals(control)) {
        series.add(segments.again());
      }
    }
    return run.take(series, rounds, budget);
  }

  private static Peer control(List<Peer> all, Peer of) {
    return all.stream().filter(peer -> peer.api() == of.api()).findFirst().orElseThrow();
  }

  private static Map<String, Object> parameters(Peer peer, long sizeBytes) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("api", peer.api().id());
    parameters.put("sizeBytes", sizeBytes);
    return parameters;
  }

  private Map<String, Measurement> segments(Peer peer, int round) throws IOException, Unsupported {
    for (Role role : Role.values()) {
      if (peer.has(role)) {
        peers.place(peer, role, placement, 0, round);
      }
    }
    SegmentLines lines = new SegmentLines(peers, peer);
    Map<String, double[]> taken;
    WarmUp warmUp =
        new WarmUp(
            round, amount.leastSegments() / amount.segments(), SEGMENTS_PATIENCE, amount.warmUp());
    do {
      taken = lines.take(amount.segments());
    } while (warmUp.goesOn(taken.values().stream().mapToDouble(Statistics::median).sum()));
    Map<String, Measurement> measured = new LinkedHashMap<>();
    taken.forEach((stage, ns) -> measured.put(stage, Measurement.ofTimes(ns)));
    return measured;
  }

  private Map<String, Measurement> copies(Peer peer, long sizeBytes, int round)
      throws IOException, Unsupported {
    StreamRun stream = new StreamRun(peers, peer, peer);
    stream.place(placement, round);
    Streamed streamed;
    WarmUp warmUp = new WarmUp(round, 0, COPIES_PATIENCE, amount.warmUp().dividedBy(8));
    do {
      streamed = stream.take(new Stream(CHANNEL, sizeBytes, amount.messagesOf(sizeBytes), 2, 0));
    } while (warmUp.goesOn(streamed.typicalNs(COPIES)));
    return streamed.measurements(COPIES);
  }
}
