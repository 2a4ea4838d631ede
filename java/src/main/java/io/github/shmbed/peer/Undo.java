// SPDX-License-Identifier: Apache-2.0
// What a command has made and must not leave behind when a signal ends it in the middle.
package io.github.shmbed.peer;

import io.github.shmbed.libc.NativeCallException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Removals for the case of SIGINT or SIGTERM, newest first. The command's thread still runs then:
 * names may be removed under it, and memory touched only until {@link #drop}.
 */
final class Undo {
  private static final Deque<Runnable> REMOVALS = new ArrayDeque<>();
  private static boolean hooked;

  private Undo() {}

  /** Has this run when the process is ended before {@link #done}. */
  static synchronized void add(Runnable removal) {
    if (!hooked) {
      hooked = true;
      Runtime.getRuntime().addShutdownHook(new Thread(Undo::runAll, "shmbed-undo"));
    }
    REMOVALS.push(removal);
  }

  /** Not this one any more. Waits for its end if it runs. */
  static synchronized void drop(Runnable removal) {
    REMOVALS.remove(removal);
  }

  /** The command has come to its end, good or bad, and has cleaned up itself. */
  static synchronized void done() {
    REMOVALS.clear();
  }

  private static synchronized void runAll() {
    while (!REMOVALS.isEmpty()) {
      try {
        REMOVALS.pop().run();
      } catch (NativeCallException failed) {
        System.err.println(failed.getMessage());
      }
    }
  }
}
