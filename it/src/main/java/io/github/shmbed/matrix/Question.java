// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import io.github.shmbed.runner.PeerGone;
import io.github.shmbed.runner.PeerProcess;
import io.github.shmbed.runner.PeerSilent;
import java.time.Duration;

/** A command line that was sent to a serving program. */
record Question(Peer peer, Role role, PeerProcess process, String line) {

  /** What came back: an answer, the program's end, or nothing in time. */
  interface Reply {
    String text() throws PeerGone, PeerSilent;
  }

  static Question put(Peer peer, Role role, PeerProcess process, String line) {
    process.tell(line);
    return new Question(peer, role, process, line);
  }

  /** Waits, and keeps for later whatever comes. */
  Reply await(Duration deadline) {
    try {
      String answer = process.answer(line, deadline);
      return () -> answer;
    } catch (PeerGone gone) {
      return () -> {
        throw gone;
      };
    } catch (PeerSilent silent) {
      return () -> {
        throw silent;
      };
    }
  }

  /** {@code writer c-posix}. */
  String who() {
    return role.id() + " " + peer.id();
  }
}
