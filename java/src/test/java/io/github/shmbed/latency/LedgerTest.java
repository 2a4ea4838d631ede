// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.latency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {
  @Test
  void aStageIsTheSumOfItsCallsAndEachCallHasItsLine() {
    Ledger ledger = new Ledger();
    ledger.add(Stage.CREATE, "shm_open", 100, 130);
    ledger.add(Stage.CREATE, "fchmod", 200, 205);
    ledger.add(Stage.CREATE, 1, 2);
    ledger.say("text");
    assertEquals(36, ledger.stageNs(Stage.CREATE));
    assertTrue(ledger.happened(Stage.CREATE));
    assertFalse(ledger.happened(Stage.WRITE));
    assertEquals(
        List.of("[QLOG] shm_open latency: 30", "[QLOG] fchmod latency: 5", "text"), ledger.lines());
  }
}
