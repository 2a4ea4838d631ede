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
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SizesReportTest {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  private final Peer peer =
      Registry.load(Home.find().peersFile()).runningOn("host").stream()
          .filter(one -> one.id().equals("c-posix"))
          .findFirst()
          .orElseThrow();
  private final Pairing pairing = new Pairing(peer, peer);

  SizesReportTest() throws IOException {}

  private SizesReport report(double ratioAtKib, double ratioAtMib) {
    List<BenchRow> rows = new ArrayList<>();
    for (long sizeBytes : new long[] {KIB, MIB}) {
      double ratio = sizeBytes == KIB ? ratioAtKib : ratioAtMib;
      String shared = SizesBench.variant(pairing, SizesBench.SHARED);
      rows.add(row(shared, sizeBytes, 1));
      rows.add(row(SizesBench.variant(pairing, SizesBench.WHOLE), sizeBytes, ratio));
      rows.add(row(shared + Series.AGAIN, sizeBytes, 1));
    }
    return new SizesReport(
        new Terminal(120, false, false),
        rows,
        Map.of(Load.ONE_CPU, Rows.PLACEMENT),
        List.of(KIB, MIB),
        List.of(pairing));
  }

  private static BenchRow row(String variant, long sizeBytes, double ratio) {
    return Rows.row(
        variant,
        SizesBench.STAGE,
        SizesBench.parameters(Load.ONE_CPU, sizeBytes),
        ratio,
        ratio == 1);
  }

  @Test
  void aLineHasBothWaysTheirRatioTheControlAgainAndWhatItCost() {
    String line =
        report(0.9, 2.7).tables().lines().filter(one -> one.startsWith("1 MiB")).findFirst().get();
    assertEquals(
        "1 MiB 1.00u +-1% 1.00u +-1% 2.70 (2.67-2.73) 1.00 (0.99-1.01)= 2.00|2.00 3|3",
        line.replaceAll(" +", " "));
  }

  @Test
  void theAnswerNamesLanguagePlacementAndSize() {
    Map<String, Object> answer = report(0.9, 2.7).answers().get(0);
    assertEquals("c-posix:c-posix", answer.get("variant"));
    assertEquals("one-cpu", answer.get("load"));
    assertEquals(MIB, answer.get("winsFromBytes"));
    assertEquals(
        "C-C, one CPU: shared memory wins from 1 MiB on; the payload whole is faster at 1 KiB",
        answer.get("text"));
  }

  @Test
  void anAnswerWithoutAWinHasNoSize() {
    assertFalse(report(0.9, 0.9).answers().get(0).containsKey("winsFromBytes"));
  }

  @Test
  void theTargetIsTwoAndAHalfTimesAtOneMebibyte() {
    assertEquals("MET", report(9, 2.5).targets().get(0).verdict());
    Target missed = report(9, 2.4).targets().get(0);
    assertEquals("NOT MET", missed.verdict());
    assertTrue(missed.what().contains("C-C, 1 MiB, one CPU"), missed.what());
  }

  @Test
  void aTargetWithoutItsSizeWasNotMeasured() {
    SizesReport none =
        new SizesReport(
            new Terminal(120, false, false),
            List.of(),
            Map.of(Load.ONE_CPU, Rows.PLACEMENT),
            List.of(KIB),
            List.of(pairing));
    assertEquals("NOT MEASURED", none.targets().get(0).verdict());
    assertEquals(List.of(), none.answers());
  }

  @Test
  void tooFewRoundsAreNoAnswerAndNoVerdict() {
    BenchRow whole = row(SizesBench.variant(pairing, SizesBench.WHOLE), MIB, 9);
    SizesReport few =
        new SizesReport(
            new Terminal(120, false, false),
            List.of(Rows.ofRounds(2, whole)),
            Map.of(Load.ONE_CPU, Rows.PLACEMENT),
            List.of(MIB),
            List.of(pairing));
    assertEquals("NOT MEASURED", few.targets().get(0).verdict());
    assertEquals(List.of(), few.answers());
  }

  @Test
  void largeMessagesAreFewAndSmallOnesMany() {
    assertEquals(1_000, SizesBench.stream(ChannelKind.UNIX, 64, 1).count());
    assertEquals(64, SizesBench.stream(ChannelKind.UNIX, MIB, 1).count());
    assertEquals(3, SizesBench.stream(ChannelKind.UNIX, 64 * MIB, 10).count());
    assertEquals(1, SizesBench.stream(ChannelKind.UNIX, 64 * MIB, 10).warmup());
  }
}
