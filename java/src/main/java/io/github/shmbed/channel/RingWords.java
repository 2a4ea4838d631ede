// SPDX-License-Identifier: Apache-2.0
// What a SPEC says about the rings of channel rtering, and how much of the segment they take.
package io.github.shmbed.channel;

/**
 * The words after {@code rtering:} (peers/CONTRACT.md, section 8).
 *
 * @param multi any number of producers and consumers, not one of each
 * @param index elements are numbers of a table's slots, not descriptors
 * @param count slots of the ring to the reader, a power of two from 2 to 65536
 * @param start where heads and tails begin, as an unsigned number
 */
record RingWords(boolean multi, boolean index, int count, int start) {
  /** Slots of a ring of which the SPEC says nothing, and of the ring to the writer. */
  static final int DEFAULT_COUNT = 64;

  private static final int MAX_COUNT = 65_536;
  private static final long MAX_START = 0xffffffffL;
  private static final String COUNT = "count=";
  private static final String START = "start=";

  /** What is wrong with the words, null if nothing is. */
  static String check(String address) {
    try {
      parse(address);
      return null;
    } catch (IllegalArgumentException wrong) {
      return wrong.getMessage();
    }
  }

  /**
   * Takes the words apart; none is also good.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  static RingWords parse(String address) {
    boolean multi = false;
    boolean index = false;
    int count = DEFAULT_COUNT;
    int start = 0;
    for (String word : address.isEmpty() ? new String[0] : address.split(",", -1)) {
      if (word.equals("mp")) {
        multi = true;
      } else if (word.equals("index")) {
        index = true;
      } else if (word.startsWith(COUNT)) {
        count = (int) number(word.substring(COUNT.length()), MAX_COUNT);
      } else if (word.startsWith(START)) {
        start = (int) number(word.substring(START.length()), MAX_START);
      } else {
        throw wrong();
      }
    }
    if (count < 2 || Integer.bitCount(count) != 1) {
      throw new IllegalArgumentException("count=N: a power of two from 2 to " + MAX_COUNT);
    }
    return new RingWords(multi, index, count, start);
  }

  /** Bytes of both rings in the segment. */
  long blockBytes() {
    return RteRing.bytes(count, index) + RteRing.bytes(DEFAULT_COUNT, index);
  }

  private static long number(String digits, long max) {
    if (!digits.matches("[0-9]{1,10}") || Long.parseLong(digits) > max) {
      throw wrong();
    }
    return Long.parseLong(digits);
  }

  private static IllegalArgumentException wrong() {
    return new IllegalArgumentException(
        "its words are mp, index, count=N and start=N, with commas between them");
  }
}
