// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.cases.ChannelKind;

/** How the two processes of a channel's row lie and when messages are sent. */
enum Load {
  /**
   * The channel's own cost: one process sleeps while the other runs, and no wake-up crosses CPUs.
   */
  ONE_CPU("one-cpu", "closed loop, both on one CPU", 1, 0, 2_000),

  /** What a blocking channel costs with a wake-up across CPUs, and where alone spinning works. */
  TWO_CPUS("two-cpus", "closed loop, one CPU each", 2, 0, 500),

  /** Messages at fixed times, as from a source that does not wait. */
  PACED("two-cpus", "5,000 messages a second, one CPU each", 2, 5_000, 250);

  private static final int SPIN_MESSAGES = 5_000;
  private static final long MOST_BYTES = 100 << 20;

  final String placement;
  final String title;
  final int cpus;
  final int rate;
  private final int messages;

  Load(String placement, String title, int cpus, int rate, int messages) {
    this.placement = placement;
    this.title = title;
    this.cpus = cpus;
    this.rate = rate;
    this.messages = messages;
  }

  /** In a few words. */
  String where() {
    return cpus == 1 ? "one CPU" : "two CPUs";
  }

  /** Two that spin on one CPU wait for the end of each other's time slice. */
  boolean suits(ChannelKind channel) {
    return cpus > 1 || !channel.spins();
  }

  /** Spinning shows the memory's own speed, so it has several sizes. */
  long[] sizes(ChannelKind channel) {
    return channel == ChannelKind.SPIN && this == TWO_CPUS
        ? new long[] {16, 1 << 10, 1 << 20}
        : new long[] {16};
  }

  /** A stream that takes some tens of milliseconds. */
  Stream stream(ChannelKind channel, long sizeBytes, int divisor) {
    int usual = channel.spins() && rate == 0 ? SPIN_MESSAGES : messages;
    int count = (int) Math.max(10, Math.min(usual / divisor, MOST_BYTES / divisor / sizeBytes));
    return new Stream(channel, sizeBytes, count, Math.max(2, count / 20), rate);
  }
}
