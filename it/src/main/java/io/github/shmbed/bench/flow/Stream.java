// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.FramedExchange;

/**
 * Messages that a writer sends to a reader in the framed layout.
 *
 * @param channel that announces them
 * @param content what a message is
 * @param count measured messages
 * @param warmup messages before them; at least one, which touches the segment's pages
 * @param rate messages a second at fixed times; 0: the next one when the last is acknowledged
 */
record Stream(
    ChannelKind channel, FramedExchange.Content content, int count, int warmup, int rate) {
  Stream {
    if (count < 2 || warmup < 1) {
      throw new IllegalArgumentException("count " + count + ", warmup " + warmup);
    }
  }

  /** Messages of bytes. */
  Stream(ChannelKind channel, long sizeBytes, int count, int warmup, int rate) {
    this(channel, new FramedExchange.Content(sizeBytes), count, warmup, rate);
  }

  /** The same with other numbers of messages. */
  Stream of(int newCount, int newWarmup) {
    return new Stream(channel, content, newCount, newWarmup, rate);
  }

  /** What a peer, or the machine that it runs on, may not have. */
  String needs() {
    return channel.id() + (content.isValues() ? " " + content.codec() : "");
  }

  /** Options of the writer and the reader alike. */
  String options() {
    return "--layout framed --count "
        + count
        + " --warmup "
        + warmup
        + " "
        + content.options()
        + " --window 1 --no-verify";
  }
}
