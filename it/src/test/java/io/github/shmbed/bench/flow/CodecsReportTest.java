// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.report.Terminal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What bench codecs says")
class CodecsReportTest {
  private static final List<String> CODECS = List.of("raw", "json");
  private static final List<String> SHAPES = List.of("record", "tensor");

  private final Peer peer =
      Registry.load(Home.find().peersFile()).runningOn("host").stream()
          .filter(one -> one.id().equals("c-posix"))
          .findFirst()
          .orElseThrow();
  private final Pairing pairing = new Pairing(peer, peer);

  CodecsReportTest() throws IOException {}

  /** A ratio of 1 is no difference. */
  private BenchRow endToEnd(String codec, String shape, double ratio) {
    return Rows.row(
        CodecsBench.shared(pairing, codec),
        Streamed.END_TO_END,
        CodecsBench.parameters(shape),
        ratio,
        ratio == 1);
  }

  private CodecsReport report(double rawRecord, double rawTensor, double json) {
    List<BenchRow> rows = new ArrayList<>();
    rows.add(endToEnd("raw", "record", rawRecord));
    rows.add(endToEnd("raw", "tensor", rawTensor));
    rows.add(endToEnd("json", "record", 1));
    rows.add(endToEnd("json", "tensor", json));
    return new CodecsReport(
        new Terminal(120, false, false), rows, Rows.PLACEMENT, CODECS, SHAPES, List.of(pairing));
  }

  @Test
  @DisplayName(
      "names the codecs that leave something of what shared memory saves, and where the others eat it")
  void eaten() {
    Map<String, Object> answer = report(1, 0.2, 16).answers().get(0);
    String text = String.valueOf(answer.get("text"));
    assertTrue(text.endsWith("record none; tensor raw. Slower: json at tensor"), text);
    assertEquals(Map.of("json", List.of("tensor")), answer.get("eatsAt"));
  }

  @Test
  @DisplayName("says so when none eats it")
  void left() {
    Map<String, Object> answer = report(0.8, 0.2, 0.5).answers().get(0);
    String text = String.valueOf(answer.get("text"));
    assertTrue(text.endsWith("record raw; tensor every codec"), text);
    assertEquals(Map.of(), answer.get("eatsAt"));
  }

  @Test
  @DisplayName("may be eaten at a small shape and win at a large one")
  void eatenAtOneShapeOnly() {
    Map<String, Object> answer = report(3, 0.2, 1).answers().get(0);
    assertEquals(Map.of("raw", List.of("record")), answer.get("eatsAt"));
    String text = String.valueOf(answer.get("text"));
    assertTrue(text.endsWith("record none; tensor raw. Slower: raw at record"), text);
  }

  @Test
  @DisplayName("is nothing after too few rounds")
  void tooFewRounds() {
    CodecsReport few =
        new CodecsReport(
            new Terminal(120, false, false),
            List.of(Rows.ofRounds(2, endToEnd("raw", "record", 1))),
            Rows.PLACEMENT,
            CODECS,
            SHAPES,
            List.of(pairing));
    assertEquals(List.of(), few.answers());
  }
}
