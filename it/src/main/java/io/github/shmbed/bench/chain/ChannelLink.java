// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.channel.Channel;
import io.github.shmbed.channel.ChannelContext;
import io.github.shmbed.channel.ChannelKind;
import io.github.shmbed.layout.Descriptor;
import java.nio.ByteBuffer;

/** A channel in a segment of its own. What passes is the descriptor. */
final class ChannelLink implements Link {
  private final String spec;
  private final boolean sends;
  private final long deadlineNs;
  private final ChannelKind kind;
  private final Area area;
  private Channel channel;

  ChannelLink(String spec, String name, boolean sends, long deadlineNs) {
    this.spec = spec;
    this.sends = sends;
    this.deadlineNs = deadlineNs;
    this.kind = ChannelKind.of(spec);
    this.area = new Area(name);
  }

  @Override
  public void create() {
    area.create(0, kind.blockBytes(spec));
    join();
    channel.create();
    area.ready();
  }

  @Override
  public void open() {
    if (!sends) {
      area.open(kind.blockBytes(spec), deadlineNs);
      join();
    }
    channel.open();
  }

  private void join() {
    channel =
        kind.channel(
            new ChannelContext(
                spec,
                ChannelKind.address(spec),
                sends,
                0600,
                area.segment(),
                area.header().channelOffset(),
                deadlineNs));
  }

  @Override
  public void send(Descriptor descriptor, ByteBuffer payload) {
    channel.send(descriptor);
  }

  @Override
  public void receive(Descriptor into, ByteBuffer payload) {
    channel.receive(into, deadlineNs);
  }

  @Override
  public void close() {
    if (channel != null) {
      channel.close();
      channel = null;
    }
    area.close();
  }
}
