// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import java.io.IOException;
import java.util.Optional;

/**
 * What is exchanged and how it must end. A case says in words what it expects, beside the code that
 * checks it.
 */
public interface Case {

  /** As in a cell's id; small letters, digits, dashes. */
  String name();

  /** A few words for reports. */
  String title();

  /** What is done. */
  String description();

  /** What must be seen for PASS. */
  String expectation();

  /** The layout both peers must have. */
  String layout();

  /** Whether the case exists for an API family at all; a pairing of another family is N_A. */
  default boolean existsFor(Api api) {
    return true;
  }

  /** Whether it works at the default names, which the whole machine shares. */
  default boolean usesDefaultNames() {
    return false;
  }

  /** Whether it starts fresh processes, in place of asking serving ones. */
  default boolean usesFreshProcesses() {
    return false;
  }

  /** Whether a System V pairing needs its cleaner, since nobody else removes the object. */
  default boolean usesCleaner() {
    return true;
  }

  /** The channel over which messages are announced; empty for the classic layouts. */
  default Optional<ChannelKind> announcedOver() {
    return Optional.empty();
  }

  /**
   * What the case needs of a machine that some do not have: a peer may say 77 and that it lacks.
   */
  default Optional<String> mayLack() {
    return announcedOver().flatMap(ChannelKind::mayLack);
  }

  /** Whether a manager of the channel skmsg must be up. */
  default boolean usesSkmsg() {
    return announcedOver().filter(ChannelKind::isSkmsg).isPresent();
  }

  /** What peers.json says one of the two does not have; empty when the cell can run. */
  default Optional<String> missing(Peer writer, Peer reader) {
    for (Peer peer : new Peer[] {writer, reader}) {
      if (!peer.layouts().contains(layout())) {
        return Optional.of(peer.id() + " has no layout " + layout() + " (peers.json)");
      }
    }
    if (reader.api() == Api.SYSV && !reader.has(Role.CLEANER)) {
      return Optional.of(reader.id() + " has no cleaner (peers.json)");
    }
    return Optional.empty();
  }

  /**
   * Runs the exchange; returning is PASS, if nothing stays behind.
   *
   * @throws CellFailure for every other outcome
   * @throws IOException when the harness itself could not work: ENV_ERROR
   */
  void run(Exchange exchange) throws CellFailure, IOException;
}
