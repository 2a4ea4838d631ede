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
public final class ChannelProof {
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
      requirePeer(role.id(), Json.object(answers.get(role.id()), "proof"), messages);
    }
    if (before != null) {
      requireManager(session.skmsgCounts().minus(before), messages);
    }
  }

  /**
   * One side's proof, after that many messages of each side.
   *
   * @param proof as in the side's result object; empty when it gave none
   * @throws CellFailure ERROR without proof
   */
  public static void requirePeer(String who, Map<String, Object> proof, long messages)
      throws CellFailure {
    long sent = messages + HELLOS;
    require(who, "sent", Json.integer(proof, "sent", -1), sent);
    require(who, "received", Json.integer(proof, "received", -1), sent);
    require(who, "runs", Json.integer(proof, "runs", -1), sent + DROPS);
    require(who, "redirected", Json.integer(proof, "redirected", -1), sent);
    require(who, "dropped", Json.integer(proof, "dropped", -1), DROPS);
    require(who, "tcpSegmentsOut", Json.integer(proof, "tcpSegmentsOut", -1), 0);
    long most = Json.integer(proof, "mostOnTheWay", -1);
    if (most < 1 || most > CREDITS) {
      throw failure(who + ": " + most + " messages were on the way");
    }
  }

  /** What the manager counted meanwhile, for both sides together. */
  static void requireManager(SkmsgCounts counted, long messages) throws CellFailure {
    long sent = 2 * (messages + HELLOS);
    require("manager", "runs", counted.runs(), sent + 2 * DROPS);
    require("manager", "redirected", counted.redirected(), sent);
    require("manager", "dropped", counted.dropped(), 2 * DROPS);
  }

  private static void require(String who, String name, long said, long expected)
      throws CellFailure {
    if (said != expected) {
      throw failure(who + ": " + name + " is " + said + " in place of " + expected);
    }
  }

  private static CellFailure failure(String what) {
    return new CellFailure(
        Outcome.ERROR, "no proof that the messages took the way of skmsg: " + what);
  }
}
