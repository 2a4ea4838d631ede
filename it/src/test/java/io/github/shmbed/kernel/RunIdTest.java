// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunIdTest {
  @Test
  void anObjectTellsWhichRunMadeIt() {
    RunId id = RunId.next();
    assertEquals(Optional.of(id), RunId.ofObject(id.posixName(12)));
    assertEquals(Optional.of(id), RunId.ofObject("sem.shmbed-" + id + "-3.r"));
    assertEquals(Optional.of(id), RunId.ofObject("shmbed-" + id));
    assertEquals(Optional.of(id), RunId.parse(id.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/shm_posix", "/shmbed", "/shmbed-c-test-4711", "/xshmbed-1-2-3", "/shmbed-1-2"})
  void foreignNamesBelongToNoRun(String name) {
    assertEquals(Optional.empty(), RunId.ofObject(name));
  }

  @Test
  void aRunIsDeadWhenItsPidBelongsToAnotherProcess() {
    RunId id = RunId.next();
    assertTrue(id.isLive());
    assertFalse(new RunId(id.pid(), id.startTicks() + 1, 0).isLive());
    assertFalse(new RunId(4_000_000_000L, id.startTicks(), 0).isLive());
  }

  @Test
  void twoRunsOfOneProcessDiffer() {
    assertNotEquals(RunId.next(), RunId.next());
  }

  @Test
  void keysOfARunAreInItsRangeAndNeverLookLikeFtoks() {
    for (int i = 0; i < 1000; i++) {
      KeyRange keys = KeyRange.random(base -> false);
      assertTrue(keys.contains(keys.key(0)) && keys.contains(keys.key(70_000)));
      assertFalse(keys.contains(keys.base() + 0x10000));
      assertNotEquals(0, keys.base() >>> 24);
    }
    assertThrows(IllegalArgumentException.class, () -> new KeyRange(0x00120000));
    assertThrows(IllegalArgumentException.class, () -> new KeyRange(0x12000001));
  }

  @Test
  void aRangeWithATakenKeyIsNotChosen() {
    int[] asked = {0};
    KeyRange keys = KeyRange.random(base -> asked[0]++ < 5);
    assertEquals(6, asked[0]);
    assertTrue(keys.base() != 0);
    assertThrows(IllegalStateException.class, () -> KeyRange.random(base -> true));
  }
}
