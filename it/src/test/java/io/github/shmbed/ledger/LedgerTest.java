// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A ledger")
class LedgerTest {

  private static Ledger ledger(double writeNs, double transmitNs, double readNs, double endToEnd) {
    Map<String, Double> stages = new LinkedHashMap<>();
    stages.put("write", writeNs);
    stages.put("transmit", transmitNs);
    stages.put("read", readNs);
    return new Ledger(stages, endToEnd);
  }

  @Test
  @DisplayName("shows what end to end has more than its stages")
  void residual() {
    Ledger ledger = ledger(100, 800, 60, 1000);
    assertEquals(960, ledger.sumNs());
    assertEquals(40, ledger.residualNs());
    assertEquals(0.04, ledger.residualPart());
    assertEquals(List.of(), ledger.faults());
  }

  @Test
  @DisplayName("with a residual of 5 % is valid, and with more is not")
  void mostResidual() {
    assertEquals(List.of(), ledger(100, 800, 50, 1000).faults());
    assertEquals(
        List.of("the residual is 51 ns, 5.1 % of end to end (at most 5 %)"),
        ledger(100, 800, 49, 1000).faults());
  }

  @Test
  @DisplayName("whose stages claim more than there was has a negative residual, and is not valid")
  void negativeResidual() {
    Ledger ledger = ledger(100, 900, 100, 1000);
    assertEquals(-100, ledger.residualNs());
    assertEquals(
        List.of("the residual is -100 ns, -10.0 % of end to end (at most 5 %)"), ledger.faults());
  }

  @Test
  @DisplayName("keeps a negative stage as it is, and is not valid, however well it adds up")
  void negativeStage() {
    Ledger ledger = ledger(1100, -200, 100, 1000);
    assertEquals(1000, ledger.sumNs());
    assertEquals(List.of("stage transmit took -200 ns"), ledger.faults());
  }

  @Test
  @DisplayName("with a stage that nobody measured is not valid")
  void missingStage() {
    assertTrue(ledger(100, Double.NaN, 100, 1000).faults().contains("stage transmit took NaN ns"));
  }

  @Test
  @DisplayName("of nothing is not valid")
  void nothing() {
    assertEquals(List.of("end to end took 0 ns"), ledger(0, 0, 0, 0).faults());
  }

  @Test
  @DisplayName("keeps the order of the flow")
  void order() {
    assertEquals(
        List.of("write", "transmit", "read"), List.copyOf(ledger(1, 2, 3, 6).stages().keySet()));
  }
}
