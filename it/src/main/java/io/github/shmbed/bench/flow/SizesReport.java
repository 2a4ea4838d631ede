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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The rows of {@code bench sizes} as text, from which size on shared memory wins, the target. */
final class SizesReport {
  private static final long TARGET_BYTES = 1L << 20;
  private static final double TARGET = 2.5;
  private static final double MILLION = 1e6;

  private record Key(String variant, Map<String, Object> parameters) {}

  private final Terminal terminal;
  private final Map<Key, BenchRow> rows = new HashMap<>();
  private final Map<Load, Placement> placements;
  private final List<Long> sizes;
  private final List<Pairing> pairings;

  SizesReport(
      Terminal terminal,
      List<BenchRow> all,
      Map<Load, Placement> placements,
      List<Long> sizes,
      List<Pairing> pairings) {
    this.terminal = terminal;
    this.placements = placements;
    this.sizes = sizes;
    this.pairings = pairings;
    all.forEach(row -> rows.put(new Key(row.variant(), row.parameters()), row));
  }

  /** For each load and pairing the time from end to end, and what it cost: sizes down. */
  String tables() {
    StringBuilder text = new StringBuilder();
    placements.forEach(
        (load, placement) -> {
          text.append(load.title).append("; ").append(placement).append("\n\n");
          for (Pairing pairing : pairings) {
            text.append(table(load, pairing)).append('\n');
          }
        });
    return text.append("shared: shared memory and the descriptor; whole: the payload whole;")
        .append(" both over a UNIX stream socket\n")
        .append("medians from the begin of the write (whole: of the send) to the end of the read;")
        .append(" n = ns, u = us, m = ms\n")
        .append("whole/shared, shared again/shared: ratios with their 95 % intervals;")
        .append(" =: no difference, the medians' intervals overlap\n")
        .append("CPU: seconds of both processes for a million messages, shared|whole;")
        .append(" faults: page faults of both for one\n")
        .toString();
  }

  private String table(Load load, Pairing pairing) {
    Table table =
        new Table(
            pairing.title(), "shared", "whole", "whole/shared", "again (A/A)", "CPU", "faults");
    for (long sizeBytes : sizes) {
      BenchRow shared = row(load, pairing, SizesBench.SHARED, sizeBytes);
      BenchRow whole = row(load, pairing, SizesBench.WHOLE, sizeBytes);
      BenchRow again = again(load, pairing, sizeBytes);
      if (shared != null && whole != null) {
        table.row(
            Units.size(sizeBytes),
            Cells.spread(shared),
            Cells.spread(whole),
            Cells.ratioAlone(whole),
            Cells.ratioAlone(again),
            cpu(shared) + "|" + cpu(whole),
            faults(shared) + "|" + faults(whole));
      }
    }
    return table.render(terminal);
  }

  private static String cpu(BenchRow row) {
    double seconds = row.cpuNs() * MILLION / 1e9;
    return String.format(
        Locale.ROOT, seconds < 9.995 ? "%.2f" : seconds < 99.95 ? "%.1f" : "%.0f", seconds);
  }

  private static String faults(BenchRow row) {
    return Units.count(row.minorFaults() + row.majorFaults());
  }

  /** From which size on shared memory wins: an object for each load and pairing. */
  List<Map<String, Object>> answers() {
    List<Map<String, Object>> answers = new ArrayList<>();
    for (Load load : placements.keySet()) {
      for (Pairing pairing : pairings) {
        Map<Long, BenchRow> whole = new TreeMap<>();
        for (long sizeBytes : sizes) {
          BenchRow row = row(load, pairing, SizesBench.WHOLE, sizeBytes);
          if (row != null && row.ratio() != null && row.hasSpread()) {
            whole.put(sizeBytes, row);
          }
        }
        if (!whole.isEmpty()) {
          answers.add(answer(load, pairing, new Crossover(whole)));
        }
      }
    }
    return answers;
  }

  private static Map<String, Object> answer(Load load, Pairing pairing, Crossover crossover) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("bench", SizesBench.BENCH);
    answer.put("variant", pairing.id());
    answer.put("load", load.placement);
    List<Long> between = crossover.winsBetween();
    if (!between.isEmpty()) {
      answer.put("winsFromBytes", between.get(0));
      answer.put("winsToBytes", between.get(1));
    }
    answer.put("text", pairing.title() + ", " + load.where() + ": " + crossover.text());
    return answer;
  }

  /** What the project set out to reach at 1 MiB, for each load and pairing. */
  List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (Load load : placements.keySet()) {
      for (Pairing pairing : pairings) {
        BenchRow row = row(load, pairing, SizesBench.WHOLE, TARGET_BYTES);
        targets.add(
            Target.atLeast(
                SizesBench.BENCH,
                String.format(
                    Locale.ROOT,
                    "%s, 1 MiB, %s: the payload whole takes at least %s of shared memory",
                    pairing.title(),
                    load.where(),
                    Units.ratio(TARGET)),
                TARGET,
                row == null ? null : row.ratio(),
                row == null ? 0 : row.rounds()));
      }
    }
    return targets;
  }

  private BenchRow row(Load load, Pairing pairing, ChannelKind channel, long sizeBytes) {
    return row(load, SizesBench.variant(pairing, channel), sizeBytes);
  }

  private BenchRow again(Load load, Pairing pairing, long sizeBytes) {
    return row(load, SizesBench.variant(pairing, SizesBench.SHARED) + Series.AGAIN, sizeBytes);
  }

  private BenchRow row(Load load, String variant, long sizeBytes) {
    return rows.get(new Key(variant, SizesBench.parameters(load, sizeBytes)));
  }
}
