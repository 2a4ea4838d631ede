// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Target;
import io.github.shmbed.bench.flow.Rows;
import io.github.shmbed.report.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

@DisplayName("What bench chain says")
class ChainReportTest {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;
  private static final List<Long> SIZES = List.of(KIB, 4 * KIB, MIB);

  /** One link takes this long at these sizes, the others 1 us. */
  private static List<BenchRow> rows(ChainLink link, double... medianNs) {
    List<BenchRow> rows = new ArrayList<>();
    for (ChainLink one : ChainLink.values()) {
      for (int i = 0; i < SIZES.size(); i++) {
        double ns = one == link ? medianNs[i] : 1_000;
        if (ns > 0) {
          rows.add(row(one.id(), SIZES.get(i), 0, ns));
        }
      }
      rows.add(row(one.id(), ChainBench.RATE_BYTES, ChainBench.RATE, 1_000));
    }
    rows.add(row(ChainBench.CONTROL.id() + Series.AGAIN, KIB, 0, 1_000));
    return rows;
  }

  private static BenchRow row(String variant, long sizeBytes, int rate, double medianNs) {
    String control = ChainBench.CONTROL.id();
    return Rows.row(
        variant,
        ChainBench.HOP,
        ChainBench.parameters(sizeBytes, rate),
        variant.equals(control) ? null : control,
        medianNs,
        variant.contains("whole") ? 3 : 1,
        !variant.contains("whole"),
        Map.of(ChainBench.BUSY_CPUS, 0.5));
  }

  private static ChainReport report(List<BenchRow> rows) {
    return new ChainReport(
        new Terminal(120, false, false), rows, List.of(ChainLink.values()), SIZES);
  }

  private static String verdict(List<BenchRow> rows, ChainLink link) {
    return report(rows).targets().stream()
        .filter(target -> target.what().startsWith("time a hop over " + link.id() + ","))
        .map(Target::verdict)
        .reduce((one, other) -> one + " and " + other)
        .orElseThrow();
  }

  @ParameterizedTest(name = "a hop over {0} is to be flat, whichever size is the slowest")
  @EnumSource(
      value = ChainLink.class,
      mode = Mode.EXCLUDE,
      names = {"UNIX_WHOLE", "TCP_WHOLE"})
  void flat(ChainLink link) {
    assertEquals("MET", verdict(rows(link, 1_000, 1_100, 1_150), link));
    assertEquals("NOT MET", verdict(rows(link, 1_000, 1_100, 1_160), link));
    assertEquals("NOT MET", verdict(rows(link, 1_160, 1_000, 1_000), link));
    assertEquals("NOT MET", verdict(rows(link, 1_000, 1_160, 1_000), link));
    assertEquals("NOT MEASURED", verdict(rows(link, 1_000, 0, 0), link));
    List<BenchRow> few =
        rows(link, 1_000, 1_000, 1_000).stream().map(row -> Rows.ofRounds(8, row)).toList();
    assertEquals("NOT MEASURED", verdict(few, link));
  }

  @Test
  @DisplayName("a payload that goes along is to reach nothing")
  void onlyDescriptors() {
    assertEquals(3, report(rows(ChainLink.UNIX, 1_000, 1_000, 1_000)).targets().size());
  }

  @Test
  @DisplayName("links have their ratio to unix, and unix once more")
  void ratios() {
    String tables = report(rows(ChainLink.UNIX, 1_000, 1_000, 1_000)).tables();
    String line = tables.lines().filter(one -> one.startsWith("1 KiB")).findFirst().get();
    assertEquals(
        "1 KiB 1.00u +-1% 1.00u 1.00 (0.99-1.01)= 1.00u 1.00 (0.99-1.01)= 1.00u 3.00 (2.97-3.03)",
        line.replaceAll(" +", " "));
    assertTrue(tables.contains("ratio to unix with its 95 % interval"), tables);
    assertTrue(tables.contains("A/A"), tables);
  }
}
