// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.kernel.Run;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** What connects the processes of a chain. */
public enum ChainLink {
  UNIX("unix", ChannelKind.UNIX),
  SKMSG("skmsg", ChannelKind.SKMSG),
  RTERING("rtering", ChannelKind.RTERING),
  UNIX_WHOLE(Wire.UNIX, null),
  TCP_WHOLE(Wire.TCP, null);

  private final String id;
  private final ChannelKind channel; // null: the payload goes along

  ChainLink(String id, ChannelKind channel) {
    this.id = id;
    this.channel = channel;
  }

  /** As in a row's variant. */
  public String id() {
    return id;
  }

  /** The link of this id. */
  public static Optional<ChainLink> find(String id) {
    return Arrays.stream(values()).filter(link -> link.id.equals(id)).findFirst();
  }

  /** Whether the payload stays in shared memory. */
  boolean sharesPayload() {
    return channel != null;
  }

  /** Whether who waits never sleeps. */
  boolean spins() {
    return channel != null && channel.spins();
  }

  /**
   * The SPEC of one link.
   *
   * @param number of the run, which no other link has
   */
  String spec(Run run, int number) {
    Path path = run.channels().resolve("chain-" + number);
    return channel == null ? id + ":" + path : channel.spec(run, number);
  }
}
