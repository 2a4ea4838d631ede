// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.registry.Peer;
import java.util.Locale;

/** A writer and a reader that are measured together. */
record Pairing(Peer writer, Peer reader) {
  /** At the end of the id of a Java peer that calls through JNA while others do not. */
  static final String JNA = "-jna";

  private static final String CONTAINER = "-container";

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
  void requireChannel(ChannelKind channel) throws Unsupported {
    String id = channel.id();
    if (!writer.channels().contains(id) || !reader.channels().contains(id)) {
      throw new Unsupported("no channel " + id + " (peers.json)");
    }
  }

  /** Likewise. */
  void requireCodec(String codec) throws Unsupported {
    if (!writer.codecs().contains(codec) || !reader.codecs().contains(codec)) {
      throw new Unsupported("no codec " + codec + " (peers.json)");
    }
  }

  /** {@code Java}; {@code Java*} for the one in a container; the id where that does not tell. */
  static String name(Peer peer) {
    String usual = peer.language().toLowerCase(Locale.ROOT) + "-posix";
    if (peer.id().equals(usual)) {
      return peer.language();
    }
    if (peer.id().equals(usual + JNA)) {
      return "JNA";
    }
    return peer.id().equals(usual + CONTAINER) ? peer.language() + "*" : peer.id();
  }

  /** Whether its name needs an explanation. */
  static boolean isOtherJava(Peer peer) {
    return name(peer).endsWith("*");
  }
}
