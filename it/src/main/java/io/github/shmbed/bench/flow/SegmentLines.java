// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.KeyRange;
import io.github.shmbed.ledger.Sample;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The life of a segment, many times over ({@code --repeat}): a writer makes, writes and removes
 * segments in the classic layout, and a reader of the same peer attaches and reads the last one, as
 * often. Between the stages the programs do nothing else, so what is measured is the calls, warm.
 */
final class SegmentLines {
  /** What is written into each segment: one page is touched. */
  static final long MESSAGE_BYTES = 1_000;

  private static final Map<String, String> OF_WRITER =
      names("create", "size", "reserve", "attach", "write=first write", "detach", "remove");
  private static final Map<String, String> OF_READER =
      names("reader-attach", "read=first read", "detach=reader-detach");

  private final ServingPeers peers;
  private final Peer peer;

  SegmentLines(ServingPeers peers, Peer peer) {
    this.peers = peers;
    this.peer = peer;
  }

  /** The stages, whichever of them a peer has. */
  static List<String> stages() {
    List<String> stages = new ArrayList<>(OF_WRITER.values());
    stages.addAll(OF_READER.values());
    return stages;
  }

  /**
   * Makes segments, and reads the last of them as often.
   *
   * @return by stage one time for each segment (of {@code remove} one less), in ns
   */
  Map<String, double[]> take(int segments) throws IOException, Unsupported {
    String address = address(peers.session().run().nextNumber());
    String rounds = address + " --repeat " + segments;
    Map<String, double[]> taken = new LinkedHashMap<>();
    collect(taken, OF_WRITER, ask(Role.WRITER, MESSAGE_BYTES + "B " + rounds));
    collect(taken, OF_READER, ask(Role.READER, rounds));
    if (peer.api() == Api.SYSV) {
      ask(Role.CLEANER, address);
    }
    return taken;
  }

  private String address(int number) {
    return peer.api() == Api.POSIX
        ? "--name " + peers.session().run().id().posixName(number)
        : "--key " + KeyRange.text(peers.session().run().keys().key(number));
  }

  private Map<String, Object> ask(Role role, String line) throws IOException, Unsupported {
    Serving serving = peers.get(peer, role);
    serving.tell(line);
    return serving.await().get();
  }

  private static void collect(
      Map<String, double[]> taken, Map<String, String> names, Map<String, Object> answer) {
    Map<String, Object> histograms = Json.object(answer, "histograms");
    names.forEach(
        (stage, name) -> {
          if (histograms.containsKey(stage)) {
            taken.put(name, Streamed.samples(Sample.histogram(answer, stage)));
          }
        });
  }

  /** The stage in the answer, and what it is called here. */
  private static Map<String, String> names(String... pairs) {
    Map<String, String> names = new LinkedHashMap<>();
    for (String pair : pairs) {
      String[] both = pair.split("=");
      names.put(both[0], both[both.length - 1]);
    }
    return names;
  }
}
