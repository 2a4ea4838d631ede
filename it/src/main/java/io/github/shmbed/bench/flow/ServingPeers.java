// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The serving programs of a bench: one process for each role of each peer, all its rows share it.
 */
final class ServingPeers {
  private record Key(String peer, Role role) {}

  private final Session session;
  private final Placement anywhere;
  private final Map<Key, Serving> programs = new LinkedHashMap<>();

  /**
   * @param session ends them all when it is closed
   * @param anywhere where they may run while they warm up: a compiler at run time needs its room
   */
  ServingPeers(Session session, Placement anywhere) {
    this.session = session;
    this.anywhere = anywhere;
  }

  Session session() {
    return session;
  }

  /** Starts all programs of these peers side by side, and waits until each of them answers. */
  void start(List<Peer> peers) throws IOException {
    List<Serving> starting = new ArrayList<>();
    for (Peer peer : peers) {
      for (Role role : Role.values()) {
        if (peer.has(role)) {
          Serving serving = new Serving(peer, role, session.runner().serve(peer, role));
          programs.put(new Key(peer.id(), role), serving);
          starting.add(serving);
        }
      }
    }
    for (Serving serving : starting) {
      serving.awaitStart();
    }
  }

  /** One of those that were started. */
  Serving get(Peer peer, Role role) {
    return programs.get(new Key(peer.id(), role));
  }

  /** Whether all of them can be bound from here: their processes are visible. */
  boolean canBePlaced() {
    return programs.values().stream().allMatch(Serving::canBePlaced);
  }

  /** Binds one of them to its CPU; or to none in the warm-up, which is a round below 0. */
  void place(Peer peer, Role role, Placement placement, int index, int round) throws IOException {
    List<Integer> cpus = round < 0 ? anywhere.cpus() : placement.cpus();
    boolean bound = round >= 0 && placement.pinned();
    get(peer, role).place(bound ? List.of(cpus.get(index % cpus.size())) : cpus);
  }
}
