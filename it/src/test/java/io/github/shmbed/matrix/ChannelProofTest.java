// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.skmsg.SkmsgCounts;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten messages each way, and proofs that are none. */
class ChannelProofTest {
  private static final long MESSAGES = 10;

  private static Map<String, Object> proof() {
    Map<String, Object> proof = new LinkedHashMap<>();
    proof.put("sent", 11L);
    proof.put("received", 11L);
    proof.put("runs", 12L);
    proof.put("redirected", 11L);
    proof.put("dropped", 1L);
    proof.put("tcpSegmentsOut", 0L);
    proof.put("mostOnTheWay", 8L);
    return proof;
  }

  private static void assertRefused(String what, Map<String, Object> proof) {
    CellFailure refused =
        assertThrows(CellFailure.class, () -> ChannelProof.requirePeer("reader", proof, MESSAGES));
    assertEquals(Outcome.ERROR, refused.outcome());
    assertTrue(refused.getMessage().contains("reader: " + what), refused.getMessage());
  }

  @Test
  void whatFitsIsAProof() {
    assertDoesNotThrow(() -> ChannelProof.requirePeer("reader", proof(), MESSAGES));
    assertDoesNotThrow(() -> ChannelProof.requireManager(new SkmsgCounts(24, 22, 2), MESSAGES));
  }

  @Test
  void noProofIsNone() {
    assertRefused("sent is -1", Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sent", "received", "runs", "redirected", "dropped", "tcpSegmentsOut"})
  void oneMoreOrLessIsNone(String name) {
    for (long change : new long[] {-1, 1}) {
      Map<String, Object> proof = proof();
      proof.merge(name, change, (one, other) -> (Long) one + (Long) other);
      assertRefused(name + " is " + proof.get(name), proof);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 65})
  void moreOnTheWayThanThereAreCreditsIsNone(long most) {
    Map<String, Object> proof = proof();
    proof.put("mostOnTheWay", most);
    assertRefused(most + " messages were on the way", proof);
  }

  @ParameterizedTest
  @CsvSource({"23,22,2", "24,21,2", "24,22,3", "0,0,0"})
  void whatTheManagerCountedOtherwiseIsNone(long runs, long redirected, long dropped) {
    assertThrows(
        CellFailure.class,
        () -> ChannelProof.requireManager(new SkmsgCounts(runs, redirected, dropped), MESSAGES));
  }
}
