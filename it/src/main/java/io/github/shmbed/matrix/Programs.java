// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.json.Json;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.ExitStatus;
import io.github.shmbed.runner.PeerGone;
import io.github.shmbed.runner.PeerProcess;
import io.github.shmbed.runner.PeerSilent;
import io.github.shmbed.runner.Runner;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The serving programs of a run: started when first needed, and again after one died; probed at
 * each start. A probe asks for a layout that nobody has; a program that answers anything but 77 and
 * a reason cannot be trusted with a verdict. One that has answered has opened what it opens at its
 * start: a snapshot may be taken.
 */
final class Programs {
  /** From the start of a program to its first answer; a JVM in a cold container takes its time. */
  private static final Duration START_DEADLINE = Duration.ofSeconds(30);

  private record Key(String peer, Role role) {}

  private static final class Program {
    private PeerProcess process;
    private boolean probing;
    private String failure;
  }

  private final Runner runner;
  private final String probeLine =
      "--layout probe-" + Integer.toHexString(new SecureRandom().nextInt());
  private final Map<Key, Program> programs = new LinkedHashMap<>();

  Programs(Runner runner) {
    this.runner = runner;
  }

  /**
   * Starts a program that will be needed, without waiting for it, so that several start at a time.
   */
  synchronized void start(Peer peer, Role role) {
    Program program = programs.computeIfAbsent(new Key(peer.id(), role), none -> new Program());
    if (program.failure != null || (program.process != null && program.process.isUsable())) {
      return;
    }
    try {
      program.process = runner.serve(peer, role);
    } catch (IOException e) {
      program.process = null;
      program.failure = role.id() + " " + e.getMessage();
      return;
    }
    program.process.tell(probeLine);
    program.probing = true;
  }

  /**
   * A program that answers.
   *
   * @throws CellFailure ERROR when it cannot be started, failed its probe, or has said something
   *     that nobody asked for
   */
  synchronized PeerProcess get(Peer peer, Role role) throws CellFailure {
    start(peer, role);
    Program program = programs.get(new Key(peer.id(), role));
    if (program.probing) {
      program.probing = false;
      program.failure = probe(peer, role, program.process);
      if (program.failure != null) {
        program.process.kill();
      }
    }
    if (program.failure != null) {
      throw new CellFailure(Outcome.ERROR, program.failure);
    }
    requireNothingUnasked(role.id() + " " + peer.id(), program.process);
    return program.process;
  }

  /**
   * Before a program is asked, and when it has answered.
   *
   * @throws CellFailure ERROR when a line of it is there; the program is dropped
   */
  void requireNothingUnasked(String who, PeerProcess process) throws CellFailure {
    String line = process.unasked();
    if (line != null) {
      drop(process);
      throw new CellFailure(
          Outcome.ERROR, who + ": wrote another line than its one answer: " + line);
    }
  }

  /** Ends a program that is of no further use; it is started again when it is needed. */
  synchronized void drop(PeerProcess process) {
    process.kill();
    programs.values().stream()
        .filter(program -> program.process == process)
        .forEach(program -> program.process = null);
  }

  /** Null when the probe was answered as the contract says. */
  private String probe(Peer peer, Role role, PeerProcess process) {
    String who = role.id() + " " + peer.id() + ": probe: ";
    try {
      Map<String, Object> answer = Json.parseObject(process.answer(probeLine, START_DEADLINE));
      long exit = Json.integer(answer, "exit", -1);
      if (exit != ExitStatus.UNSUPPORTED) {
        return who + "answered an unknown layout with exit " + exit + " in place of 77";
      }
      return Json.text(answer, "reason") == null ? who + "answered exit 77 without a reason" : null;
    } catch (PeerGone e) {
      return who + e.getMessage() + said(process);
    } catch (PeerSilent e) {
      return who + e.getMessage() + said(process);
    } catch (IllegalArgumentException e) {
      return who + "its answer is " + e.getMessage();
    }
  }

  private static String said(PeerProcess process) {
    String stderr = process.takeStderr();
    return stderr.isEmpty()
        ? ""
        : "; stderr: " + stderr.lines().reduce((first, second) -> second).orElse("");
  }
}
