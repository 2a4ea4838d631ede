// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class InterleavingTest {
  @Test
  void everySecondRoundIsBackwards() {
    List<String> items = List.of("a", "b", "c");
    assertEquals(List.of("a", "b", "c"), Interleaving.round(items, 0));
    assertEquals(List.of("c", "b", "a"), Interleaving.round(items, 1));
    assertEquals(List.of("a", "b", "c"), Interleaving.round(items, 2));
    assertEquals(List.of("a", "b", "c"), items);
  }

  @Test
  void afterAnEvenNumberOfRoundsEveryItemHadTheSameAveragePlace() {
    List<Integer> items = List.of(0, 1, 2, 3, 4);
    int[] places = new int[items.size()];
    int rounds = Interleaving.balanced(9);
    for (int round = 0; round < rounds; round++) {
      List<Integer> order = Interleaving.round(items, round);
      items.forEach(item -> places[item] += order.indexOf(item));
    }
    for (int sum : places) {
      assertEquals(places[0], sum);
    }
  }

  @Test
  void roundsAreMadeEven() {
    assertEquals(10, Interleaving.balanced(9));
    assertEquals(10, Interleaving.balanced(10));
    assertThrows(IllegalArgumentException.class, () -> Interleaving.balanced(0));
  }
}
