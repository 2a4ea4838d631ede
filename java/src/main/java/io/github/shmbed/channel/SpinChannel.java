// SPDX-License-Identifier: Apache-2.0
// Channel spin: the receiver loads the lane's tail until it changes. It never sleeps: only for
// sides with a CPU each.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;

/** The channel {@code spin}. */
final class SpinChannel extends LaneChannel {
  private static final int SPINS_PER_CLOCK =
      4096; // loads between two looks at the clock, some 100 us

  SpinChannel(ChannelContext context) {
    super(context);
  }

  @Override
  public void create() {
    // The lanes are part of the segment.
  }

  @Override
  public void open() {
    // As above.
  }

  @Override
  public void send(Descriptor descriptor) {
    publish(descriptor);
  }

  @Override
  public void receive(Descriptor into, long deadlineNs) {
    while (true) {
      for (int spins = 0; spins < SPINS_PER_CLOCK; spins++) {
        if (poll(into)) {
          return;
        }
        Thread.onSpinWait();
      }
      context.checkWaiting("spin", deadlineNs);
      Thread.yield(); // where both sides share a CPU, the other one may need it
    }
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
