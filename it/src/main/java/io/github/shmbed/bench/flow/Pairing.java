// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.registry.Peer;

/** A writer and a reader that are measured together. */
record Pairing(Peer writer, Peer reader) {

  /** As rows name it: {@code java-posix:c-posix}. */
  String id() {
    return writer.id() + ":" + reader.id();
  }

  /** For the head of a column: {@code Java-C}; the ids where the languages do not tell. */
  String title() {
    String name = name(writer) + "-" + name(reader);
    return name.length() <= 16 ? name : id();
  }

  /** Both have it, or neither is measured with it. */
  void requireChannel(String channel) throws Unsupported {
    if (!writer.channels().contains(channel) || !reader.channels().contains(channel)) {
      throw new Unsupported("no channel " + channel + " (peers.json)");
    }
  }

  private static String name(Peer peer) {
    boolean usual = peer.id().equals(peer.language().toLowerCase(java.util.Locale.ROOT) + "-posix");
    return usual ? peer.language() : peer.id();
  }
}
