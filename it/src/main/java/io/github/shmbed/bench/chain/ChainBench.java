// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Measurement;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.json.Json;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.result.Placement;
import io.github.shmbed.skmsg.SkmsgCounts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One payload around a ring of processes: each link at each size, and at a fixed rate. */
final class ChainBench {
  static final String BENCH = "chain";
  static final String HOP = "hop";

  /** CPUs that were busy, on the average, while messages were on the way or awaited. */
  static final String BUSY_CPUS = "busyCpus";

  static final ChainLink CONTROL = ChainLink.UNIX;

  /** A load that leaves time between messages: what waiting costs shows there. */
  static final int RATE = 100;

  static final long RATE_BYTES = 16 << 10;

  private static final int MESSAGES = 400;
  private static final int RATE_MESSAGES = 40;
  private static final int CROWDED_MESSAGES = 60;
  private static final int LEAST_MESSAGES = 8;
  private static final long MOST_BYTES = 64L << 20;
  private static final int HELLOS = 2;

  private final BenchRun run;
  private final Session session;
  private final ChainProcesses chain;
  private final Placement anywhere;
  private final Placement placement;
  private final boolean quick;

  /**
   * @param anywhere where they run while they warm up: a compiler at run time needs its room
   * @param placement of the measured rounds; with fewer CPUs than processes they share
   */
  ChainBench(
      BenchRun run,
      Session session,
      ChainProcesses chain,
      Placement anywhere,
      Placement placement,
      boolean quick) {
    this.run = run;
    this.session = session;
    this.chain = chain;
    this.anywhere = anywhere;
    this.placement = placement;
    this.quick = quick;
  }

  List<BenchRow> take(List<ChainLink> links, List<Long> sizes, int rounds, Duration budget)
      throws IOException {
    List<Series> series = new ArrayList<>();
    for (long sizeBytes : sizes) {
      for (ChainLink link : links) {
        series.add(series(link, sizeBytes, 0));
        if (link == CONTROL) {
          series.add(series(link, sizeBytes, 0).again());
        }
      }
    }
    for (ChainLink link : links) {
      series.add(series(link, RATE_BYTES, RATE));
    }
    return run.take(series, rounds, budget);
  }

  static Map<String, Object> parameters(long sizeBytes, int rate) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("sizeBytes", sizeBytes);
    parameters.put("rate", rate);
    return parameters;
  }

  private Series series(ChainLink link, long sizeBytes, int rate) {
    ChainProcesses.Messages messages = messages(link, sizeBytes, rate);
    return new Series(
        link.id(),
        CONTROL.id(),
        parameters(sizeBytes, rate),
        placement,
        round -> take(link, messages, round));
  }

  /** Few where they are large, or wait for a CPU. */
  private ChainProcesses.Messages messages(ChainLink link, long sizeBytes, int rate) {
    int most = rate > 0 ? RATE_MESSAGES : MESSAGES;
    if (link.spins() && chain.size() > anywhere.cpus().size()) {
      most = Math.min(most, CROWDED_MESSAGES);
    }
    long fitting = link.sharesPayload() ? most : Math.min(most, MOST_BYTES / sizeBytes);
    int count = (int) Math.max(LEAST_MESSAGES, fitting / (quick ? 5 : 1));
    return new ChainProcesses.Messages(sizeBytes, Math.max(2, count / 5), count, rate);
  }

  private Map<String, Measurement> take(ChainLink link, ChainProcesses.Messages messages, int round)
      throws IOException, Unsupported {
    Optional<String> reason = link == ChainLink.SKMSG ? session.skmsg() : Optional.empty();
    if (reason.isPresent()) {
      throw new Unsupported(reason.get());
    }
    boolean bound = round >= 0 && placement.pinned();
    chain.place((bound ? placement : anywhere).cpus(), bound);
    SkmsgCounts before = link == ChainLink.SKMSG ? session.skmsgCounts() : null;
    List<Map<String, Object>> answers = chain.pass(session.run(), link, messages);
    if (before != null) {
      requireProof(before, session.skmsgCounts(), messages);
    }
    return Map.of(HOP, measurement(answers, messages));
  }

  /** Without proof that the messages went through the program there is no number. */
  private void requireProof(SkmsgCounts before, SkmsgCounts after, ChainProcesses.Messages messages)
      throws IOException {
    long least = (long) chain.size() * (messages.warmup() + messages.count() + HELLOS);
    long redirected = after.redirected() - before.redirected();
    long dropped = after.dropped() - before.dropped();
    if (redirected < least || dropped != 2L * chain.size()) {
      throw new IOException(
          "no proof that the messages went over skmsg: "
              + redirected
              + " redirected in place of "
              + least
              + " or more, "
              + dropped
              + " dropped");
    }
  }

  private Measurement measurement(
      List<Map<String, Object>> answers, ChainProcesses.Messages messages) throws IOException {
    int hops = chain.size();
    Map<String, Object> lead = answers.get(0);
    if (Json.integer(lead, "hops", -1) != hops - 1) {
      throw new IOException("a message passed " + lead.get("hops") + " processes of " + hops);
    }
    double[] samplesNs =
        Json.list(Json.object(lead, "samplesNs"), "loop").stream()
            .mapToDouble(sample -> ((Number) sample).doubleValue() / hops)
            .toArray();
    long cpuNs = answers.stream().mapToLong(one -> Json.integer(one, "cpuNs", 0)).sum();
    double busy = (double) cpuNs / Json.integer(lead, "elapsedNs", 1);
    long operations = (long) messages.count() * hops;
    return new Measurement(samplesNs, operations, cpuNs, -1, -1, Map.of(BUSY_CPUS, busy));
  }
}
