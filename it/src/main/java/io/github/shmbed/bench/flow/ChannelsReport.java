// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Target;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.report.Table;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.report.Units;
import io.github.shmbed.result.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The rows of {@code bench channels} as text, and what they were to reach. */
final class ChannelsReport {
  private static final double SPIN_SMALL = 1.5;
  private static final double SPIN_LARGE = 1.10;
  private static final double RINGS = 1.3;
  private static final double RINGS_MIXED = 1.2;
  private static final double BLOCKING = 1.15;
  private static final List<ChannelKind> BLOCKING_CHANNELS =
      List.of(ChannelKind.UNIX, ChannelKind.FUTEX, ChannelKind.EVENTFD);
  private static final double MILLION = 1e6;

  /** The control of all that is to be reached. */
  private static final String C_TO_C = "c-posix:c-posix";

  /** What is less than this part of the rate is another load than the one that was asked for. */
  private static final double RATE_REACHED = 0.95;

  private record Key(String variant, String stage, Map<String, Object> parameters) {}

  /** A channel, and a size where it has several: one line of a table. */
  private record Line(String title, Load load, ChannelKind channel, long sizeBytes) {}

  private final Terminal terminal;
  private final Map<Key, BenchRow> rows = new HashMap<>();
  private final Map<Load, Placement> placements;
  private final List<ChannelKind> channels;
  private final List<Pairing> pairings;

  ChannelsReport(
      Terminal terminal,
      List<BenchRow> all,
      Map<Load, Placement> placements,
      List<ChannelKind> channels,
      List<Pairing> pairings) {
    this.terminal = terminal;
    this.placements = placements;
    this.channels = channels;
    this.pairings = pairings;
    all.forEach(row -> rows.put(new Key(row.variant(), row.stage(), row.parameters()), row));
  }

  /** For each load the round trip and the one way, then what they cost: channels down. */
  String tables() {
    StringBuilder text = new StringBuilder();
    placements.forEach(
        (load, placement) -> {
          text.append(load.title).append("; ").append(placement).append("\n\n");
          text.append(times(load, "round trip", Streamed.ROUND_TRIP)).append('\n');
          text.append(times(load, "one way", Streamed.ONE_WAY)).append('\n');
          if (load.rate > 0) {
            text.append(table(load, "p99 round trip", ChannelsReport::p99)).append('\n');
          }
          text.append(table(load, "CPU, switches", ChannelsReport::cost)).append('\n');
          List<String> missed = missedRates(load);
          missed.forEach(line -> text.append(terminal.wrap(line)).append('\n'));
          text.append(missed.isEmpty() ? "" : "\n");
        });
    for (String line :
        List.of(
            Cells.legend(pairings.get(0).title()),
            "round trip: from the sending (at a rate: from the time at which it was due) to the"
                + " acknowledgement; one way: to the reader's receipt",
            "CPU, switches: CPU seconds of both processes for a million messages, and context"
                + " switches of both for one")) {
      text.append(terminal.wrap(line)).append('\n');
    }
    return text.toString();
  }

  private String times(Load load, String title, String stage) {
    List<String> header = header(title);
    header.add("again (A/A)");
    Table table = new Table(header.toArray(String[]::new));
    for (Line line : lines(load)) {
      List<String> cells = new ArrayList<>(List.of(line.title));
      for (Pairing pairing : pairings) {
        BenchRow row = row(pairing.id(), stage, line);
        cells.add(pairing == pairings.get(0) ? Cells.spread(row) : Cells.ratio(row));
      }
      cells.add(Cells.ratioAlone(row(pairings.get(0).id() + Series.AGAIN, stage, line)));
      add(table, cells);
    }
    return table.render(terminal);
  }

  private String table(Load load, String title, Function<BenchRow, String> cell) {
    Table table = new Table(header(title).toArray(String[]::new));
    for (Line line : lines(load)) {
      List<String> cells = new ArrayList<>(List.of(line.title));
      for (Pairing pairing : pairings) {
        BenchRow row = row(pairing.id(), Streamed.ROUND_TRIP, line);
        cells.add(row == null ? "" : cell.apply(row));
      }
      add(table, cells);
    }
    return table.render(terminal);
  }

  private static void add(Table table, List<String> cells) {
    if (cells.stream().skip(1).anyMatch(cell -> !cell.isEmpty())) {
      table.row(cells.toArray(String[]::new));
    }
  }

  private List<String> header(String title) {
    List<String> header = new ArrayList<>(List.of(title));
    pairings.forEach(pairing -> header.add(pairing.title()));
    return header;
  }

  private static String p99(BenchRow row) {
    return Units.shortTime(row.p99Ns());
  }

  private static String cost(BenchRow row) {
    return String.format(
        Locale.ROOT,
        "%s s, %s",
        threeDigits(row.cpuNs() * MILLION / 1e9),
        Units.count(row.values().get(Streamed.SWITCHES)));
  }

  private static String threeDigits(double value) {
    return String.format(Locale.ROOT, value < 9.995 ? "%.2f" : "%.1f", value);
  }

  private List<Line> lines(Load load) {
    List<Line> lines = new ArrayList<>();
    for (ChannelKind channel : channels) {
      if (load.suits(channel)) {
        long[] sizes = load.sizes(channel);
        for (long sizeBytes : sizes) {
          String title =
              sizes.length == 1 ? channel.id() : channel.id() + " " + Units.size(sizeBytes);
          lines.add(new Line(title, load, channel, sizeBytes));
        }
      }
    }
    return lines;
  }

  /** Where messages did not go out as often as they were to: a line for each. */
  private List<String> missedRates(Load load) {
    List<String> missed = new ArrayList<>();
    for (Line line : lines(load)) {
      for (Pairing pairing : pairings) {
        BenchRow row = row(pairing.id(), Streamed.ROUND_TRIP, line);
        if (row != null
            && row.values().getOrDefault(Streamed.ACHIEVED_RATE, Double.MAX_VALUE)
                < RATE_REACHED * load.rate) {
          missed.add(
              String.format(
                  Locale.ROOT,
                  "rate missed: %s, %s: %.0f messages a second, %s of them late",
                  line.title,
                  pairing.title(),
                  row.values().get(Streamed.ACHIEVED_RATE),
                  Units.percent(row.values().get(Streamed.LATE_SHARE))));
        }
      }
    }
    return missed;
  }

  /** What the project set out to reach: Java to Java against C to C. */
  List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (long sizeBytes : Load.TWO_CPUS.sizes(ChannelKind.SPIN)) {
      double limit = sizeBytes == 1 << 20 ? SPIN_LARGE : SPIN_SMALL;
      add(targets, Load.TWO_CPUS, ChannelKind.SPIN, sizeBytes, limit);
    }
    add(targets, Load.TWO_CPUS, ChannelKind.RTERING, 16, RINGS);
    addMixed(targets, "Java-C", "java-posix:c-posix");
    addMixed(targets, "C-Java", "c-posix:java-posix");
    for (ChannelKind channel : BLOCKING_CHANNELS) {
      add(targets, Load.ONE_CPU, channel, 16, BLOCKING);
      add(targets, Load.TWO_CPUS, channel, 16, BLOCKING);
    }
    add(targets, Load.ONE_CPU, ChannelKind.SKMSG, 16, BLOCKING);
    targets.add(skmsgAgainstUnix());
    return targets;
  }

  private void add(
      List<Target> targets, Load load, ChannelKind channel, long sizeBytes, double limit) {
    add(targets, "Java-Java", "java-posix:java-posix", load, channel, sizeBytes, limit);
  }

  private void addMixed(List<Target> targets, String title, String pairing) {
    add(targets, title, pairing, Load.TWO_CPUS, ChannelKind.RTERING, 16, RINGS_MIXED);
  }

  private void add(
      List<Target> targets,
      String title,
      String pairing,
      Load load,
      ChannelKind channel,
      long sizeBytes,
      double limit) {
    BenchRow row = row(pairing, Streamed.ROUND_TRIP, new Line("", load, channel, sizeBytes));
    boolean measured = row != null && C_TO_C.equals(row.control());
    targets.add(
        Target.atMost(
            ChannelsBench.BENCH,
            String.format(
                Locale.ROOT,
                "%s round trip %s, %s, %s at most %s of C-C",
                title,
                channel.id(),
                Units.size(sizeBytes),
                load.where(),
                Units.ratio(limit)),
            limit,
            measured ? row.ratio() : null,
            measured ? row.rounds() : 0));
  }

  /** The event-driven data planes' channel against the plain one; in C, where it is only itself. */
  private Target skmsgAgainstUnix() {
    BenchRow skmsg = row(C_TO_C, Streamed.ROUND_TRIP, oneCpu(ChannelKind.SKMSG));
    BenchRow unix = row(C_TO_C, Streamed.ROUND_TRIP, oneCpu(ChannelKind.UNIX));
    boolean measured = skmsg != null && unix != null;
    return Target.atMost(
        ChannelsBench.BENCH,
        "C-C round trip skmsg, 16 B, one CPU at most 1.00x of unix",
        1,
        measured ? skmsg.medianNs().dividedBy(unix.medianNs()) : null,
        measured ? Math.min(skmsg.rounds(), unix.rounds()) : 0);
  }

  private static Line oneCpu(ChannelKind channel) {
    return new Line("", Load.ONE_CPU, channel, 16);
  }

  private BenchRow row(String variant, String stage, Line line) {
    return rows.get(
        new Key(variant, stage, ChannelsBench.parameters(line.load, line.channel, line.sizeBytes)));
  }
}
