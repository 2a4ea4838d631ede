// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The order in which things are measured: A B C, then C B A, and so on (ABBA). A drift of the
 * machine (heat, a neighbour, a cache that fills) then falls on all of them alike, where one after
 * the other would give it all to the last.
 */
public final class Interleaving {
  private Interleaving() {}

  /**
   * The order of one round; round 0 is as given. The average place of each is the same after every
   * even number of rounds.
   */
  public static <T> List<T> round(List<T> items, int round) {
    List<T> order = new ArrayList<>(items);
    if (round % 2 != 0) {
      Collections.reverse(order);
    }
    return order;
  }

  /** The next even number of rounds that is at least this, so that every place is balanced. */
  public static int balanced(int rounds) {
    if (rounds < 1) {
      throw new IllegalArgumentException("at least one round: " + rounds);
    }
    return rounds + rounds % 2;
  }
}
