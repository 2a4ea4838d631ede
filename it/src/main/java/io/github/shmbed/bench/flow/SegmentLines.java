// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.KeyRange;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The life of a segment, many times over: a writer makes segments in the classic layout, a reader
 * of the same peer reads and removes them, one command line for each. Each program gets all its
 * lines at once, so that none of its calls follows a sleep.
 */
final class SegmentLines {
  /** What is written into each segment: one page is touched. */
  static final long MESSAGE_BYTES = 1_000;

  private static final Map<String, String> OF_WRITER =
      names("create", "size", "reserve", "attach", "write=first write", "detach");
  private static final Map<String, String> OF_READER =
      names("reader-attach", "read=first read", "detach=reader-detach", "remove");
  private static final Map<String, String> OF_CLEANER = names("remove");

  private final ServingPeers peers;
  private final Peer peer;

  SegmentLines(ServingPeers peers, Peer peer) {
    this.peers = peers;
    this.peer = peer;
  }

  /** The stages in the order of the flow, whichever of them a peer has. */
  static List<String> stages() {
    List<String> stages = new ArrayList<>(OF_WRITER.values());
    stages.addAll(OF_READER.values());
    return stages;
  }

  /**
   * Makes, reads and removes segments.
   *
   * @return by stage one time for each segment, in ns
   */
  Map<String, double[]> take(int segments) throws IOException, Unsupported {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < segments; i++) {
      addresses.add(address(peers.session().run().nextNumber()));
    }
    Map<String, double[]> taken = new LinkedHashMap<>();
    collect(taken, OF_WRITER, ask(Role.WRITER, MESSAGE_BYTES + "B --exclusive ", addresses));
    collect(taken, OF_READER, ask(Role.READER, "", addresses));
    if (peer.api() == Api.SYSV) {
      collect(taken, OF_CLEANER, ask(Role.CLEANER, "", addresses));
    }
    return taken;
  }

  private String address(int number) {
    return peer.api() == Api.POSIX
        ? "--name " + peers.session().run().id().posixName(number)
        : "--key " + KeyRange.text(peers.session().run().keys().key(number));
  }

  private List<Map<String, Object>> ask(Role role, String options, List<String> addresses)
      throws IOException, Unsupported {
    Serving serving = peers.get(peer, role);
    addresses.forEach(address -> serving.tell(options + address));
    List<Serving.Reply> replies = addresses.stream().map(address -> serving.await()).toList();
    List<Map<String, Object>> answers = new ArrayList<>();
    for (Serving.Reply reply : replies) {
      answers.add(reply.get());
    }
    return answers;
  }

  private static void collect(
      Map<String, double[]> taken, Map<String, String> names, List<Map<String, Object>> answers) {
    names.forEach(
        (stage, name) -> {
          double[] ns =
              answers.stream()
                  .mapToLong(answer -> Json.integer(Json.object(answer, "stages"), stage, -1))
                  .filter(one -> one >= 0)
                  .asDoubleStream()
                  .toArray();
          if (ns.length > 0) {
            taken.put(name, ns);
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
