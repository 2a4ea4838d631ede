// SPDX-License-Identifier: Apache-2.0
// What the channels with lanes in the segment have in common: publishing, and taking what was
// announced.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;

/** A channel whose descriptors lie in the segment; its class says how the receiver is woken. */
abstract class LaneChannel implements Channel {
  final ChannelContext context;
  final Lane in;
  final Lane out;

  LaneChannel(ChannelContext context) {
    this.context = context;
    this.in = context.laneIn();
    this.out = context.laneOut();
  }

  final void publish(Descriptor descriptor) {
    if (!out.publish(descriptor)) {
      throw context.broken("lane", Errno.EPROTO, "more descriptors on the way than the lane holds");
    }
  }

  /** Takes a descriptor if there is one. */
  final boolean poll(Descriptor into) {
    long waiting = in.waiting();
    if (waiting == 0) {
      return false;
    }
    if (!Lane.isSound(waiting)) {
      throw context.broken("lane", Errno.EPROTO, "the lane's counters do not fit");
    }
    in.take(into);
    return true;
  }

  @Override
  public boolean receiveNow(Descriptor into) {
    return poll(into);
  }

  /** Takes a descriptor that was announced. */
  final void takeAnnounced(Descriptor into) {
    if (!poll(into)) {
      throw context.broken("lane", Errno.EPROTO, "announced, but the lane is empty");
    }
  }
}
