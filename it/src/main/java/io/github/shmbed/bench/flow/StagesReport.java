// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Interval;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Target;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.report.Table;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.report.Units;
import java.util.ArrayList;
import java.util.List;

/** The rows of {@code bench stages} as text, and what they were to reach. */
final class StagesReport {
  private static final double SYSTEM_CALLS = 1.35;
  private static final double COPIES = 1.10;
  private static final List<String> CALL_STAGES =
      List.of("create", "size", "attach", "detach", "remove");

  private final Terminal terminal;
  private final List<BenchRow> rows;
  private final List<Peer> peers;

  StagesReport(Terminal terminal, List<BenchRow> rows, List<Peer> peers) {
    this.terminal = terminal;
    this.rows = rows;
    this.peers = peers;
  }

  /** One table for each API family: stages down, languages across. */
  String tables() {
    StringBuilder text = new StringBuilder();
    for (Api api : Api.values()) {
      List<Peer> family = peers.stream().filter(peer -> peer.api() == api).toList();
      if (!family.isEmpty()) {
        text.append(table(api, family)).append('\n');
      }
    }
    return text.append(Cells.LEGEND)
        .append("\nfirst write, first read: of ")
        .append(SegmentLines.MESSAGE_BYTES)
        .append(" bytes in a segment that this process just attached\n")
        .toString();
  }

  private String table(Api api, List<Peer> family) {
    String control = family.get(0).id();
    List<String> variants = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of(api == Api.POSIX ? "POSIX" : "System V"));
    for (Peer peer : family) {
      variants.add(peer.id());
      header.add(peer.id().equals(control) ? peer.language() : peer.id());
    }
    variants.add(control + Series.AGAIN);
    header.add(family.get(0).language() + " again (A/A)");
    Table table = new Table(header.toArray(String[]::new));
    for (String stage : SegmentLines.stages()) {
      add(table, stage, stage, variants, SegmentLines.MESSAGE_BYTES);
    }
    table.gap();
    for (long sizeBytes : StagesBench.SIZES) {
      for (String stage : StagesBench.COPIES) {
        add(table, stage + " " + size(sizeBytes), stage, variants, sizeBytes);
      }
    }
    return table.render(terminal);
  }

  private void add(Table table, String title, String stage, List<String> variants, long sizeBytes) {
    List<String> cells = new ArrayList<>(List.of(title));
    for (String variant : variants) {
      BenchRow row = row(variant, stage, sizeBytes);
      cells.add(variant.equals(variants.get(0)) ? Cells.median(row) : Cells.ratio(row));
    }
    if (cells.stream().skip(1).anyMatch(cell -> !cell.isEmpty())) {
      table.row(cells.toArray(String[]::new));
    }
  }

  /** What the project set out to reach, for Java against C. */
  List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (Peer peer : peers) {
      if (!peer.language().equals("Java") || peer.id().endsWith(Pairing.JNA)) {
        continue;
      }
      for (String stage : CALL_STAGES) {
        boolean has = !(peer.api() == Api.SYSV && stage.equals("size"));
        if (has) {
          targets.add(target(peer, stage, stage, SegmentLines.MESSAGE_BYTES, SYSTEM_CALLS));
        }
      }
      for (String stage : StagesBench.COPIES) {
        targets.add(target(peer, stage + " of 1 MB", stage, StagesBench.MEGABYTE, COPIES));
      }
    }
    return targets;
  }

  private Target target(Peer peer, String what, String stage, long sizeBytes, double limit) {
    BenchRow row = row(peer.id(), stage, sizeBytes);
    Interval ratio = row == null ? null : row.ratio();
    return Target.atMost(
        StagesBench.BENCH,
        peer.id() + " " + what + " at most " + Units.ratio(limit) + " of C",
        limit,
        ratio,
        row == null ? 0 : row.rounds());
  }

  private BenchRow row(String variant, String stage, long sizeBytes) {
    return rows.stream()
        .filter(row -> row.variant().equals(variant) && row.stage().equals(stage))
        .filter(row -> row.parameters().get("sizeBytes").equals(sizeBytes))
        .findFirst()
        .orElse(null);
  }

  private static String size(long bytes) {
    return bytes == StagesBench.MEGABYTE ? "1 MB" : Units.size(bytes);
  }
}
