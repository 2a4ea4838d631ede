// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

/**
 * Messages that a writer sends to a reader in the framed layout.
 *
 * @param channel its name, as in peers/CONTRACT.md section 8
 * @param sizeBytes of each message
 * @param count measured messages
 * @param warmup messages before them; at least one, which touches the segment's pages
 * @param rate messages a second at fixed times; 0: the next one when the last is acknowledged
 */
record Stream(String channel, long sizeBytes, int count, int warmup, int rate) {
  /** The channel without shared memory. */
  static final String WHOLE = "unix-whole";

  Stream {
    if (count < 2 || warmup < 1) {
      throw new IllegalArgumentException("count " + count + ", warmup " + warmup);
    }
  }

  /** The same with other numbers of messages. */
  Stream of(int newCount, int newWarmup) {
    return new Stream(channel, sizeBytes, newCount, newWarmup, rate);
  }

  /** Whether the payload goes through the segment; else it follows the descriptor. */
  boolean writes() {
    return !channel.equals(WHOLE);
  }

  /** Options of the writer and the reader alike. */
  String options() {
    return "--layout framed --count "
        + count
        + " --warmup "
        + warmup
        + " --message-size "
        + sizeBytes
        + " --window 1 --no-verify";
  }
}
