// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.json.Json;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.skmsg.SkmsgCounts;
import java.util.Map;

/**
 * That messages of the channel skmsg took the way through its program (peers/CONTRACT.md, section
 * 8). A peer reports the program's counters and TCP's; the harness judges them, and compares them
 * with what its own manager has counted.
 */
final class ChannelProof {
  /** Messages of a side that carry no descriptor: the one when the channel opens. */
  private static final int HELLOS = 1;

  /** Messages of a side that the program must drop: the one before the channel opens. */
  private static final int DROPS = 1;

  private static final int CREDITS = 64;

  private final Session session;
  private final ChannelKind channel;
  private final SkmsgCounts before;

  private ChannelProof(Session session, ChannelKind channel) {
    this.session = session;
    this.channel = channel;
    this.before = channel == ChannelKind.SKMSG ? session.skmsgCounts() : null;
  }

  /** Before an exchange: the manager must be up where the channel needs one. */
  static ChannelProof begin(Session session, ChannelKind channel) {
    return new ChannelProof(session, channel);
  }

  /**
   * After it.
   *
   * @param answers result objects by role
   * @param messages of one direction
   * @throws CellFailure ERROR without proof
   */
  void require(Map<String, Map<String, Object>> answers, long messages) throws CellFailure {
    if (!channel.isSkmsg()) {
      return;
    }
    for (Role role : new Role[] {Role.WRITER, Role.READER}) {
      Map<String, Object> proof = Json.object(answers.get(role.id()), "proof");
      long sent = messages + HELLOS;
      require(role, proof, "sent", sent);
      require(role, proof, "received", sent);
      require(role, proof, "runs", sent + DROPS);
      require(role, proof, "redirected", sent);
      require(role, proof, "dropped", DROPS);
      require(role, proof, "tcpSegmentsOut", 0);
      long most = Json.integer(proof, "mostOnTheWay", -1);
      if (most < 1 || most > CREDITS) {
        throw failure(role.id() + ": " + most + " messages were on the way");
      }
    }
    if (before != null) {
      SkmsgCounts now = session.skmsgCounts();
      requireManager("runs", now.runs() - before.runs(), 2 * (messages + HELLOS + DROPS));
      requireManager("redirected", now.redirected() - before.redirected(), 2 * (messages + HELLOS));
      requireManager("dropped", now.dropped() - before.dropped(), 2 * DROPS);
    }
  }

  private void require(Role role, Map<String, Object> proof, String name, long expected)
      throws CellFailure {
    long said = Json.integer(proof, name, -1);
    if (said != expected) {
      throw failure(role.id() + ": " + name + " is " + said + " in place of " + expected);
    }
  }

  private void requireManager(String name, long counted, long expected) throws CellFailure {
    if (counted != expected) {
      throw failure("manager: " + name + " is " + counted + " in place of " + expected);
    }
  }

  private CellFailure failure(String what) {
    return new CellFailure(
        Outcome.ERROR, "no proof that the messages went over " + channel.id() + ": " + what);
  }
}
