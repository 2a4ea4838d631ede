// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Target;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What bench channels says")
class ChannelsReportTest {
  private static final String C = "c-posix:c-posix";
  private static final String JAVA = "java-posix:java-posix";
  private static final List<String> PAIRINGS =
      List.of(C, JAVA, "java-posix:c-posix", "c-posix:java-posix");

  private final Registry registry = Registry.load(Home.find().peersFile());
  private final Map<Load, Placement> placements = new EnumMap<>(Load.class);

  ChannelsReportTest() throws IOException {
    for (Load load : Load.values()) {
      placements.put(load, Rows.PLACEMENT);
    }
  }

  private Pairing pairing(String id) {
    List<Peer> both =
        List.of(id.split(":")).stream().map(one -> registry.find(one).orElseThrow()).toList();
    return new Pairing(both.get(0), both.get(1));
  }

  private ChannelsReport report(List<BenchRow> rows, List<String> pairings) {
    return new ChannelsReport(
        new Terminal(100, false, false),
        rows,
        placements,
        List.of(ChannelKind.values()),
        pairings.stream().map(this::pairing).toList());
  }

  /** Every round trip of every pairing, all equally fast. */
  private static List<BenchRow> all(String control, double achievedRate) {
    List<BenchRow> rows = new ArrayList<>();
    for (Load load : Load.values()) {
      for (ChannelKind channel : ChannelKind.values()) {
        for (long sizeBytes : load.sizes(channel)) {
          for (String pairing : PAIRINGS) {
            rows.add(row(pairing, load, channel, sizeBytes, control, 1_000, 1, achievedRate));
          }
        }
      }
    }
    return rows;
  }

  private static BenchRow row(
      String pairing,
      Load load,
      ChannelKind channel,
      long sizeBytes,
      String control,
      double medianNs,
      double ratio,
      double achievedRate) {
    return Rows.row(
        pairing,
        Streamed.ROUND_TRIP,
        ChannelsBench.parameters(load, channel, sizeBytes),
        pairing.equals(control) ? null : control,
        medianNs,
        ratio,
        ratio == 1,
        load.rate == 0
            ? Map.of(Streamed.SWITCHES, 2.0)
            : Map.of(
                Streamed.SWITCHES,
                2.0,
                Streamed.ACHIEVED_RATE,
                achievedRate,
                Streamed.LATE_SHARE,
                0.25));
  }

  /** All rows, but for this one another, or none. */
  private static List<BenchRow> with(
      String pairing, Load load, ChannelKind channel, long sizeBytes, BenchRow instead) {
    List<BenchRow> rows = all(C, 5_000);
    boolean removed =
        rows.removeIf(
            row ->
                row.variant().equals(pairing)
                    && row.parameters().equals(ChannelsBench.parameters(load, channel, sizeBytes)));
    assertTrue(removed);
    if (instead != null) {
      rows.add(instead);
    }
    return rows;
  }

  private String verdict(List<BenchRow> rows, String what) {
    return report(rows, PAIRINGS).targets().stream()
        .filter(target -> target.what().startsWith(what))
        .map(Target::verdict)
        .reduce((one, other) -> one + " and " + other)
        .orElseThrow();
  }

  @ParameterizedTest(name = "{0} round trip {3}, {4} B, {2}: at most {5}")
  @CsvSource({
    "Java-Java, java-posix:java-posix, TWO_CPUS, SPIN, 16, 1.5",
    "Java-Java, java-posix:java-posix, TWO_CPUS, SPIN, 1024, 1.5",
    "Java-Java, java-posix:java-posix, TWO_CPUS, SPIN, 1048576, 1.1",
    "Java-Java, java-posix:java-posix, TWO_CPUS, RTERING, 16, 1.3",
    "Java-C, java-posix:c-posix, TWO_CPUS, RTERING, 16, 1.2",
    "C-Java, c-posix:java-posix, TWO_CPUS, RTERING, 16, 1.2",
    "Java-Java, java-posix:java-posix, ONE_CPU, UNIX, 16, 1.15",
    "Java-Java, java-posix:java-posix, TWO_CPUS, UNIX, 16, 1.15",
    "Java-Java, java-posix:java-posix, ONE_CPU, FUTEX, 16, 1.15",
    "Java-Java, java-posix:java-posix, TWO_CPUS, FUTEX, 16, 1.15",
    "Java-Java, java-posix:java-posix, ONE_CPU, EVENTFD, 16, 1.15",
    "Java-Java, java-posix:java-posix, TWO_CPUS, EVENTFD, 16, 1.15",
    "Java-Java, java-posix:java-posix, ONE_CPU, SKMSG, 16, 1.15",
  })
  void aTarget(
      String title, String pairing, Load load, ChannelKind channel, long sizeBytes, double limit) {
    String size = sizeBytes == 1024 ? "1 KiB" : sizeBytes == 1 << 20 ? "1 MiB" : "16 B";
    String what =
        String.join(", ", title + " round trip " + channel.id(), size, load.where()) + " at most";
    BenchRow atLimit = row(pairing, load, channel, sizeBytes, C, 1_000, limit, 0);
    BenchRow over = row(pairing, load, channel, sizeBytes, C, 1_000, limit + 0.01, 0);
    assertEquals("MET", verdict(with(pairing, load, channel, sizeBytes, atLimit), what));
    assertEquals("NOT MET", verdict(with(pairing, load, channel, sizeBytes, over), what));
    assertEquals(
        "NOT MEASURED",
        verdict(with(pairing, load, channel, sizeBytes, Rows.ofRounds(8, over)), what));
    List<BenchRow> without = with(pairing, load, channel, sizeBytes, null);
    assertEquals("NOT MEASURED", verdict(without, what));
    assertEquals(
        1,
        report(without, PAIRINGS).targets().stream()
            .filter(target -> target.verdict().equals("NOT MEASURED"))
            .count(),
        "each row is for one target");
  }

  @Test
  @DisplayName("skmsg is not to be slower than unix, in C on one CPU")
  void skmsgAgainstUnix() {
    String what = "C-C round trip skmsg, 16 B, one CPU at most 1.00x of unix";
    BenchRow slower = row(C, Load.ONE_CPU, ChannelKind.SKMSG, 16, C, 1_010, 1, 0);
    assertEquals("MET", verdict(all(C, 5_000), what));
    assertEquals("NOT MET", verdict(with(C, Load.ONE_CPU, ChannelKind.SKMSG, 16, slower), what));
    assertEquals("NOT MEASURED", verdict(with(C, Load.ONE_CPU, ChannelKind.SKMSG, 16, null), what));
    assertEquals("NOT MEASURED", verdict(with(C, Load.ONE_CPU, ChannelKind.UNIX, 16, null), what));
  }

  @Test
  @DisplayName("there are no other targets than these")
  void allTargets() {
    assertEquals(14, report(all(C, 5_000), PAIRINGS).targets().size());
  }

  @Test
  @DisplayName("with another control nothing is said about a ratio to C-C")
  void anotherControl() {
    ChannelsReport report = report(all(JAVA, 5_000), List.of(JAVA, C));
    report.targets().stream()
        .filter(target -> target.what().endsWith("of C-C"))
        .forEach(target -> assertEquals("NOT MEASURED", target.verdict(), target.what()));
    assertTrue(report.tables().contains("ratio to Java-Java"), report.tables());
  }

  @Test
  @DisplayName("CPU and context switches stand under every load, and no column is lost")
  void costUnderEveryLoad() {
    List<BenchRow> rows = all(C, 5_000);
    rows.add(
        Rows.row(
            C + Series.AGAIN,
            Streamed.ROUND_TRIP,
            ChannelsBench.parameters(Load.ONE_CPU, ChannelKind.UNIX, 16),
            1.02,
            true));
    String tables = report(rows, PAIRINGS).tables();
    assertEquals(
        Load.values().length,
        tables.lines().filter(line -> line.startsWith("CPU, switches  ")).count(),
        tables);
    assertTrue(tables.contains("again (A/A)") && tables.contains("1.02 (1.01-1.03)="), tables);
    tables.lines().forEach(line -> assertTrue(line.length() <= 100, line));
  }

  @Test
  @DisplayName("a rate that was not reached is named")
  void rateMissed() {
    String missed = report(all(C, 4_700), PAIRINGS).tables();
    assertTrue(
        missed.contains("rate missed: unix, Java-C: 4700 messages a second, 25.0 % of them late"),
        missed);
    assertFalse(report(all(C, 4_750), PAIRINGS).tables().contains("rate missed"));
  }
}
