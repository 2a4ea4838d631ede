// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.json.Json;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import io.github.shmbed.runner.ExitStatus;
import io.github.shmbed.runner.PeerGone;
import io.github.shmbed.runner.PeerProcess;
import io.github.shmbed.runner.PeerSilent;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A serving program that is measured. It stays while a bench runs, so that its start is in no
 * number. One caller at a time.
 */
final class Serving {
  /** A JVM in a cold container takes its time before the first answer. */
  static final Duration DEADLINE = Duration.ofSeconds(40);

  /** No peer has it: the answer is exit 77, and says that the program is there. */
  private static final String NOTHING_TO_DO = "--layout none";

  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Peer peer;
  private final Role role;
  private final PeerProcess process;
  private final Set<String> supported = new HashSet<>();
  private Collection<Integer> cpus = List.of();

  /**
   * @param process which may still be starting; see {@link #awaitStart}
   */
  Serving(Peer peer, Role role, PeerProcess process) {
    this.peer = peer;
    this.role = role;
    this.process = process;
    tell(NOTHING_TO_DO);
  }

  /** Waits until it answers; to be called once, before anything else. */
  void awaitStart() throws IOException {
    try {
      await().get();
    } catch (Unsupported started) {
      return;
    }
    throw new IOException(role.id() + " " + peer.id() + ": did " + NOTHING_TO_DO);
  }

  /**
   * Whether its process can be bound from here, which is known once it has started; not across a
   * virtual machine.
   */
  boolean canBePlaced() {
    return process.pid() > 0;
  }

  /** Binds it to these CPUs, if it can be and is not yet. */
  void place(Collection<Integer> wanted) throws IOException {
    if (canBePlaced() && !cpus.equals(wanted)) {
      Affinity.set(process.pid(), new TreeSet<>(wanted));
      cpus = List.copyOf(wanted);
    }
  }

  /**
   * Asks once whether it has what a command line needs. Without its counterpart, which would wait
   * for it until the deadline, and with no time to wait itself: another failure says nothing.
   *
   * @param what the line needs; asked for the first time
   */
  void requireSupport(String what, String line) throws Unsupported {
    if (supported.contains(what)) {
      return;
    }
    tell(line, AT_ONCE);
    try {
      await().get();
    } catch (IOException nobodyThere) {
      // as it must be; what is really wrong shows in the exchange
    }
    supported.add(what);
  }

  /** Sends a command line; {@link #await} must be called once for each. */
  void tell(String line) {
    tell(line, DEADLINE);
  }

  private void tell(String line, Duration deadline) {
    process.tell(line + " --deadline-ms " + deadline.toMillis());
  }

  /** What came back for one command line. */
  interface Reply {
    /**
     * The result object of a success.
     *
     * @throws Unsupported when the program said exit 77
     * @throws IOException when it failed, ended or did not answer
     */
    Map<String, Object> get() throws IOException, Unsupported;
  }

  /** Waits for the next reply, and keeps for later whatever it is. */
  Reply await() {
    String who = role.id() + " " + peer.id() + ": ";
    try {
      Map<String, Object> answer = Json.parseObject(process.answer("", DEADLINE.plus(GRACE)));
      return () -> successful(who, answer);
    } catch (PeerGone | PeerSilent e) {
      String why = who + e.getMessage() + " " + process.takeStderr();
      return () -> {
        throw new IOException(why.strip(), e);
      };
    }
  }

  private static Map<String, Object> successful(String who, Map<String, Object> answer)
      throws IOException, Unsupported {
    long exit = Json.integer(answer, "exit", -1);
    if (exit == ExitStatus.UNSUPPORTED) {
      throw new Unsupported(who + Json.text(answer, "reason"));
    }
    if (exit != ExitStatus.DONE) {
      throw new IOException(who + Json.oneLine(answer));
    }
    return answer;
  }
}
