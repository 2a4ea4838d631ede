// SPDX-License-Identifier: Apache-2.0
// Channel rtering: two rings of DPDK in the segment, looked at without a pause, as the data planes
// do
// that they are made for. It never sleeps: only for sides with a CPU each.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;

/** The channel {@code rtering}. */
final class RteRingChannel implements Channel {
  private static final int LOOKS_PER_CLOCK = 4096; // between two looks at the clock, some 100 us
  private static final String CALL = "ring";

  private final ChannelContext context;
  private final RingWords words;
  private final RteRing in;
  private final RteRing out;

  RteRingChannel(ChannelContext context) {
    this.context = context;
    this.words = RingWords.parse(context.address());
    RteRing toReader = ring(context.channelOffset(), words.count(), context.writer());
    long second = context.channelOffset() + RteRing.bytes(words.count(), words.index());
    RteRing toWriter = ring(second, RingWords.DEFAULT_COUNT, !context.writer());
    in = context.writer() ? toWriter : toReader;
    out = context.writer() ? toReader : toWriter;
  }

  private RteRing ring(long offset, int count, boolean producer) {
    return new RteRing(context.spec(), context.segment(), offset, count, words, producer);
  }

  @Override
  public void create() {
    out.create("shmbed.r", words.start());
    in.create("shmbed.w", words.start());
  }

  @Override
  public void open() {
    in.open();
    out.open();
  }

  @Override
  public void send(Descriptor descriptor) {
    for (int looks = 1; !claim(out); looks++) {
      pause(looks, context.deadlineNs());
    }
    out.put(descriptor);
    publish(out, context.deadlineNs());
  }

  @Override
  public void receive(Descriptor into, long deadlineNs) {
    for (int looks = 1; !claim(in); looks++) {
      pause(looks, deadlineNs);
    }
    in.take(into);
    publish(in, deadlineNs);
  }

  @Override
  public boolean receiveNow(Descriptor into) {
    if (!claim(in)) {
      return false;
    }
    in.take(into);
    publish(in, context.deadlineNs());
    return true;
  }

  private boolean claim(RteRing ring) {
    RteRing.Claim claim = ring.claim();
    if (claim == RteRing.Claim.BROKEN) {
      throw context.broken(CALL, Errno.EPROTO, "the ring's counters do not fit");
    }
    return claim == RteRing.Claim.CLAIMED;
  }

  private void publish(RteRing ring, long deadlineNs) {
    for (int looks = 1; !ring.publish(); looks++) {
      pause(looks, deadlineNs);
    }
  }

  private void pause(int looks, long deadlineNs) {
    if (looks % LOOKS_PER_CLOCK != 0) {
      Thread.onSpinWait();
      return;
    }
    context.checkWaiting(CALL, deadlineNs);
    Thread.yield(); // where both sides share a CPU, the other one may need it
  }

  @Override
  public void unlink() {
    // Nothing has a name.
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
