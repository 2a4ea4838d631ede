// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.result.Outcome;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownFailureTest {
  private static final String FILE =
      """
      {"knownFailures":[{"cells":"python-*:c-posix:classic-*","outcome":"LEAK","reason":"r","link":"https://example.org/1","expires":"2027-01-31"}]}
      """;

  @Test
  void itCoversItsCellsUntilItsLastDay() {
    KnownFailure known = KnownFailure.parse(FILE).get(0);
    assertTrue(known.covers("python-posix:c-posix:classic-1B", LocalDate.of(2027, 1, 31)));
    assertFalse(known.covers("python-posix:c-posix:classic-1B", LocalDate.of(2027, 2, 1)));
    assertFalse(known.covers("python-posix:c-posix:os-message", LocalDate.of(2027, 1, 1)));
  }

  @Test
  void itSaysHowTheCellsEnd() {
    assertEquals(Outcome.LEAK, KnownFailure.parse(FILE).get(0).outcome());
    for (String none : new String[] {"ENV_ERROR", "PASS", "N_A", "XFAIL", "XPASS", "leak", ""}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> KnownFailure.parse(FILE.replace("LEAK", none)),
          none);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> KnownFailure.parse(FILE.replace("outcome", "result")));
  }

  @Test
  void noFileMeansNoKnownFailures() throws Exception {
    assertEquals(List.of(), KnownFailure.load(Path.of("/nonexistent/known-failures.json")));
  }

  @Test
  void anEntryWithoutExpiryIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> KnownFailure.parse(FILE.replace("expires", "forever")));
    assertThrows(
        IllegalArgumentException.class,
        () -> KnownFailure.parse(FILE.replace("2027-01-31", "soon")));
  }
}
