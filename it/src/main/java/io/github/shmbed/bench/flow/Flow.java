// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchResult;
import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Cpus;
import io.github.shmbed.bench.Statistics;
import io.github.shmbed.bench.Target;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.Coded;
import io.github.shmbed.libc.Binding;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.registry.Role;
import io.github.shmbed.report.Progress;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.Placement;
import io.github.shmbed.runner.RunnerUnavailable;
import io.github.shmbed.values.Schema;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The messaging flow, measured with the peers themselves: {@code ./shmbed bench stages}, {@code
 * channels}, {@code sizes} and {@code codecs}. docs/latency.md explains the numbers.
 */
public final class Flow {
  private static final int ROUNDS = 10;
  private static final int QUICK_ROUNDS = 2;
  private static final String JAVA_TO_JAVA = "java-posix:java-posix";
  private static final List<String> USUAL_PAIRINGS =
      List.of(
          "c-posix:c-posix",
          JAVA_TO_JAVA,
          "java-posix:c-posix",
          "c-posix:java-posix",
          "python-posix:python-posix");
  private static final List<String> EACH_WITH_ITSELF =
      List.of("c-posix:c-posix", JAVA_TO_JAVA, "python-posix:python-posix");

  /** Where a container runtime is, Java in it, too: the other Java peers are on the host. */
  private static final String JAVA_IN_CONTAINERS = "java-posix-container:java-posix-container";

  /** Where Java's calls go through java.lang.foreign: what they cost through JNA. */
  private static final String THROUGH_JNA =
      "java-posix" + Pairing.JNA + ":java-posix" + Pairing.JNA;

  private static final List<String> STAGES_PEERS =
      List.of(
          "c-posix",
          "java-posix",
          "java-posix" + Pairing.JNA,
          "java-posix-container",
          "python-posix",
          "c-sysv",
          "java-sysv",
          "java-sysv" + Pairing.JNA,
          "java-sysv-container",
          "python-sysv");
  private static final long MOST_BYTES = 1L << 30;

  /**
   * What the user may choose.
   *
   * @param quick few rounds of few messages: to see that it works
   * @param pinned whether processes are bound to CPUs after their warm-up
   * @param rounds 0: as many as are usual
   */
  public record Options(boolean quick, boolean pinned, int rounds) {
    int roundsOr(int usual) {
      return rounds > 0 ? rounds : quick ? QUICK_ROUNDS : usual;
    }
  }

  private final Session session;
  private final Registry registry;
  private final Options options;
  private final Terminal terminal;
  private final PrintStream out;
  private final Progress progress;
  private final Cpus cpus;
  private final ServingPeers peers;
  private final Statistics statistics;

  /**
   * @param session what it starts ends with it
   */
  public Flow(
      Session session,
      Registry registry,
      Options options,
      Terminal terminal,
      PrintStream out,
      Progress progress)
      throws IOException {
    this.session = session;
    this.registry = registry;
    this.options = options;
    this.terminal = terminal;
    this.out = out;
    this.progress = progress;
    cpus = Cpus.ofThisProcess();
    peers = new ServingPeers(session, cpus.unpinned());
    statistics = new Statistics(session.seed());
  }

  /** Each stage, C, Java and Python side by side. */
  public BenchResult stages() throws IOException, RunnerUnavailable {
    List<Peer> all = find(STAGES_PEERS);
    start(all);
    Placement placement = placement(1);
    out.println("placement: all on one CPU, one at a time; " + placement + "\n");
    BenchRun run = new BenchRun(StagesBench.BENCH, statistics, progress, StagesBench.WARM_UPS);
    List<BenchRow> rows =
        new StagesBench(
                run,
                peers,
                placement,
                options.quick ? StagesBench.Amount.QUICK : StagesBench.Amount.USUAL)
            .take(all, options.roundsOr(ROUNDS), Duration.ofSeconds(50));
    StagesReport report = new StagesReport(terminal, rows, all);
    out.println(report.tables());
    return conclude(StagesBench.BENCH, run, rows, List.of(), report.targets());
  }

  /**
   * Every channel, round trip and one way, in a closed loop and at a fixed rate.
   *
   * @param wanted names of channels; empty: all that the first pairing has
   * @param pairs as {@code java-posix:c-posix}; empty: the usual ones. The first is the control
   */
  public BenchResult channels(List<String> wanted, List<String> pairs)
      throws IOException, RunnerUnavailable {
    List<String> usual = usual(USUAL_PAIRINGS);
    if (Binding.chosen().equals(Binding.FFM)) {
      usual.add(usual.indexOf(JAVA_TO_JAVA) + 1, THROUGH_JNA);
    }
    List<Pairing> pairings = pairings(pairs.isEmpty() ? usual : pairs);
    List<ChannelKind> channels = channelsOf(pairings.get(0), wanted);
    start(peersOf(pairings));
    BenchRun run = new BenchRun(ChannelsBench.BENCH, statistics, progress);
    Map<Load, Placement> placements = placements();
    List<BenchRow> rows =
        new ChannelsBench(run, peers, placements, options.quick)
            .take(channels, pairings, options.roundsOr(ROUNDS), Duration.ofSeconds(150));
    ChannelsReport report = new ChannelsReport(terminal, rows, placements, channels, pairings);
    out.println(report.tables());
    return conclude(ChannelsBench.BENCH, run, rows, List.of(), report.targets());
  }

  /**
   * Payloads of every size, through shared memory and whole through a socket.
   *
   * @param wanted sizes in bytes, 1 or more; empty: the usual ones
   * @param pairs as {@code java-posix:c-posix}; empty: each language with itself
   */
  public BenchResult sizes(List<Long> wanted, List<String> pairs)
      throws IOException, RunnerUnavailable {
    for (long sizeBytes : wanted) {
      if (sizeBytes < 1 || sizeBytes > MOST_BYTES) {
        throw new UsageError("a size is 1 to " + MOST_BYTES + " bytes, not " + sizeBytes);
      }
    }
    List<Long> usual = options.quick ? SizesBench.QUICK_SIZES : SizesBench.SIZES;
    List<Long> sizes = wanted.isEmpty() ? usual : wanted.stream().sorted().distinct().toList();
    List<Pairing> pairings = pairings(pairs.isEmpty() ? usual(EACH_WITH_ITSELF) : pairs);
    start(peersOf(pairings));
    BenchRun run = new BenchRun(SizesBench.BENCH, statistics, progress);
    Map<Load, Placement> placements = placements();
    placements.keySet().removeIf(load -> load.rate > 0);
    List<BenchRow> rows =
        new SizesBench(run, peers, placements, options.quick)
            .take(sizes, pairings, options.roundsOr(ROUNDS), Duration.ofSeconds(130));
    SizesReport report = new SizesReport(terminal, rows, placements, sizes, pairings);
    out.println(report.tables());
    return conclude(SizesBench.BENCH, run, rows, report.answers(), report.targets());
  }

  /**
   * Values of every shape through every codec.
   *
   * @param wantedCodecs empty: all; likewise {@code wantedShapes}
   * @param pairs as {@code java-posix:c-posix}; empty: each language with itself
   */
  public BenchResult codecs(
      List<String> wantedCodecs, List<String> wantedShapes, List<String> pairs)
      throws IOException, RunnerUnavailable {
    List<String> codecs = some("codec", Coded.CODECS, wantedCodecs);
    List<String> shapes =
        some("shape", List.copyOf(Schema.ofTree().shapes().keySet()), wantedShapes);
    List<Pairing> pairings = pairings(pairs.isEmpty() ? usual(EACH_WITH_ITSELF) : pairs);
    start(peersOf(pairings));
    Placement placement = placement(1);
    BenchRun run = new BenchRun(CodecsBench.BENCH, statistics, progress);
    List<BenchRow> rows =
        new CodecsBench(run, peers, placement, options.quick)
            .take(codecs, shapes, pairings, options.roundsOr(ROUNDS), Duration.ofSeconds(110));
    CodecsReport report = new CodecsReport(terminal, rows, placement, codecs, shapes, pairings);
    out.println(report.tables());
    return conclude(CodecsBench.BENCH, run, rows, report.answers(), List.of());
  }

  private static List<String> some(String what, List<String> all, List<String> wanted) {
    for (String name : wanted) {
      if (!all.contains(name)) {
        throw new UsageError("no " + what + " '" + name + "'; there are: " + String.join(" ", all));
      }
    }
    return wanted.isEmpty() ? all : all.stream().filter(wanted::contains).toList();
  }

  private List<String> usual(List<String> pairs) {
    List<String> all = new ArrayList<>(pairs);
    if (inContainers()) {
      all.add(JAVA_IN_CONTAINERS);
    }
    return all;
  }

  private static List<Peer> peersOf(List<Pairing> pairings) {
    return pairings.stream()
        .flatMap(pairing -> Stream.of(pairing.writer(), pairing.reader()))
        .distinct()
        .toList();
  }

  private List<Pairing> pairings(List<String> ids) {
    List<Pairing> pairings = new ArrayList<>();
    for (String id : ids) {
      String[] both = id.split(":", -1);
      if (both.length != 2) {
        throw new UsageError("a pairing is WRITER:READER, as java-posix:c-posix, not '" + id + "'");
      }
      pairings.add(new Pairing(peer(both[0], Role.WRITER), peer(both[1], Role.READER)));
    }
    return pairings;
  }

  private Peer peer(String id, Role role) {
    return running()
        .filter(peer -> peer.id().equals(id) && peer.has(role))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageError(
                    "no "
                        + role.id()
                        + " is called '"
                        + id
                        + "' with the "
                        + session.runner().name()
                        + " runner"));
  }

  /**
   * What the registry has, and where Java's calls go through java.lang.foreign each Java peer once
   * more through JNA.
   */
  private Stream<Peer> running() {
    List<Peer> all = registry.runningOn(session.runner().name());
    Stream<Peer> throughJna =
        all.stream()
            .filter(peer -> Binding.chosen().equals(Binding.FFM))
            .filter(peer -> peer.language().equals("Java") && !peer.id().endsWith("-container"))
            .map(peer -> peer.with(peer.id() + Pairing.JNA, Binding.VARIABLE, Binding.JNA));
    return Stream.concat(all.stream(), throughJna);
  }

  private static List<ChannelKind> channelsOf(Pairing pairing, List<String> wanted) {
    List<ChannelKind> all =
        Arrays.stream(ChannelKind.values())
            .filter(channel -> pairing.writer().channels().contains(channel.id()))
            .filter(channel -> !channel.carriesPayload()) // bench sizes measures it
            .filter(channel -> channel.worksInContainers()) // after the opening skmsg-pin is skmsg
            .toList();
    List<String> ids = all.stream().map(ChannelKind::id).toList();
    for (String id : wanted) {
      if (!ids.contains(id)) {
        throw new UsageError("no channel '" + id + "'; there are: " + String.join(" ", ids));
      }
    }
    return wanted.isEmpty()
        ? all
        : all.stream().filter(channel -> wanted.contains(channel.id())).toList();
  }

  /** The loads that this machine can take. */
  private Map<Load, Placement> placements() throws IOException {
    Map<Load, Placement> placements = new EnumMap<>(Load.class);
    for (Load load : Load.values()) {
      Placement placement = placement(load.cpus);
      boolean suits = load.cpus == 1 ? placement.pinned() : cpus.allowed().size() >= load.cpus;
      if (suits) {
        placements.put(load, placement);
      }
    }
    return placements;
  }

  private BenchResult conclude(
      String bench,
      BenchRun run,
      List<BenchRow> rows,
      List<Map<String, Object>> answers,
      List<Target> targets) {
    BenchResult result =
        new BenchResult(rows, LedgerCheck.of(bench, rows), answers, targets, run.unsupported());
    out.print(LedgerCheck.overhead(rows));
    out.print(result.conclusion(terminal));
    return result;
  }

  /** The peers of these ids that run here; the first of each family must be there. */
  private List<Peer> find(List<String> ids) {
    List<Peer> found = new ArrayList<>();
    for (String id : ids) {
      running().filter(peer -> peer.id().equals(id)).forEach(found::add);
    }
    if (found.isEmpty()) {
      throw new UsageError("none of " + ids + " is in this registry");
    }
    return found;
  }

  /** All at once, so that they start side by side. */
  private void start(List<Peer> all) throws IOException, RunnerUnavailable {
    session.runner().prepare(all);
    peers.start(all);
    out.println("Java: " + java());
    if (inContainers()) {
      out.println("in containers: " + ids(all, true) + "; on the host: " + ids(all, false));
    }
    if (options.pinned && !peers.canBePlaced()) {
      out.println("not pinned: the containers' processes cannot be seen from here");
    }
  }

  private static String java() {
    return Binding.chosen().equals(Binding.FFM)
        ? "calls through java.lang.foreign; " + Pairing.JNA.substring(1) + ": through JNA"
        : "calls through JNA; JDK 22 and later have java.lang.foreign, which costs less";
  }

  private boolean inContainers() {
    return session.runner().name().equals("docker");
  }

  private static String ids(List<Peer> all, boolean inContainer) {
    return all.stream()
        .filter(peer -> peer.inContainer() == inContainer)
        .map(peer -> peer.id() + (Pairing.isOtherJava(peer) ? " (" + Pairing.name(peer) + ")" : ""))
        .collect(Collectors.joining(", "));
  }

  /** One CPU for each of some processes, if they can be bound. */
  private Placement placement(int processes) throws IOException {
    return options.pinned && peers.canBePlaced() ? cpus.pin(processes) : cpus.unpinned();
  }
}
