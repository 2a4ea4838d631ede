// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Interval;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Target;
import io.github.shmbed.bench.flow.Cells;
import io.github.shmbed.report.Table;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.report.Units;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The rows of {@code bench chain} as text, and what they were to reach. */
final class ChainReport {
  private static final double FLAT = 1.15;

  private record Key(String variant, Map<String, Object> parameters) {}

  private final Terminal terminal;
  private final List<ChainLink> links;
  private final List<Long> sizes;
  private final Map<Key, BenchRow> rows = new HashMap<>();

  ChainReport(Terminal terminal, List<BenchRow> all, List<ChainLink> links, List<Long> sizes) {
    this.terminal = terminal;
    this.links = links;
    this.sizes = sizes;
    all.forEach(row -> rows.put(new Key(row.variant(), row.parameters()), row));
  }

  String tables() {
    return table("time a hop", ChainReport::time, true)
        + "\n"
        + table("CPU a hop", row -> Units.shortTime(row.cpuNs()), false)
        + "\n"
        + atRate()
        + "\n"
        + Cells.legend(ChainBench.CONTROL.id())
        + ";\na hop is one N-th of the way around the ring;"
        + " CPU a hop: user and system time of all processes; A/A: unix once more\n";
  }

  private String table(String title, Function<BenchRow, String> cell, boolean again) {
    List<String> header = new ArrayList<>(List.of(title));
    links.forEach(link -> header.add(link.id()));
    if (again) {
      header.add("A/A");
    }
    Table table = new Table(header.toArray(String[]::new));
    for (long sizeBytes : sizes) {
      List<String> cells = new ArrayList<>(List.of(Units.size(sizeBytes)));
      for (ChainLink link : links) {
        cells.add(text(row(link.id(), sizeBytes, 0), cell));
      }
      if (again) {
        cells.add(Cells.ratioAlone(row(ChainBench.CONTROL.id() + Series.AGAIN, sizeBytes, 0)));
      }
      table.row(cells.toArray(String[]::new));
    }
    return table.render(terminal);
  }

  private String atRate() {
    Table table =
        new Table(
            ChainBench.RATE + " messages/s, " + Units.size(ChainBench.RATE_BYTES),
            "time a hop",
            "CPU a hop",
            "CPUs busy");
    for (ChainLink link : links) {
      BenchRow row = row(link.id(), ChainBench.RATE_BYTES, ChainBench.RATE);
      if (row != null) {
        double busy = row.values().get(ChainBench.BUSY_CPUS);
        table.row(
            link.id(),
            time(row),
            Units.shortTime(row.cpuNs()),
            String.format(Locale.ROOT, "%.3f", busy));
      }
    }
    return table.render(terminal);
  }

  private static String text(BenchRow row, Function<BenchRow, String> cell) {
    return row == null ? "" : cell.apply(row);
  }

  /** The control's has its spread, the others' their ratio to it. */
  private static String time(BenchRow row) {
    return row.ratio() == null ? Cells.spread(row) : Cells.ratio(row);
  }

  /** What the project set out to reach: a descriptor costs the same whatever it points to. */
  List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (ChainLink link : links) {
      if (link.sharesPayload()) {
        List<BenchRow> over =
            sizes.stream()
                .map(sizeBytes -> row(link.id(), sizeBytes, 0))
                .filter(Objects::nonNull)
                .toList();
        targets.add(
            Target.atMost(
                ChainBench.BENCH,
                "time a hop over "
                    + link.id()
                    + ", "
                    + Units.size(sizes.get(0))
                    + " to "
                    + Units.size(sizes.get(sizes.size() - 1))
                    + ": the slowest at most "
                    + Units.ratio(FLAT)
                    + " of the fastest",
                FLAT,
                spread(over.stream().map(BenchRow::medianNs).toList()),
                over.stream().mapToInt(BenchRow::rounds).min().orElse(0)));
      }
    }
    return targets;
  }

  /** The largest median to the smallest; null when there are not two. */
  private static Interval spread(List<Interval> medians) {
    if (medians.size() < 2) {
      return null;
    }
    Interval least = Collections.min(medians, Comparator.comparingDouble(Interval::value));
    Interval most = Collections.max(medians, Comparator.comparingDouble(Interval::value));
    return new Interval(
        most.value() / least.value(),
        Math.max(1, most.low() / least.high()),
        most.high() / least.low());
  }

  private BenchRow row(String variant, long sizeBytes, int rate) {
    return rows.get(new Key(variant, ChainBench.parameters(sizeBytes, rate)));
  }
}
