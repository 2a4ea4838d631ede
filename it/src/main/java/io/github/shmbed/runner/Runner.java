// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Where peers run. Thread-safe; {@link #close} ends everything it started, whatever state it is in.
 */
public interface Runner extends AutoCloseable {

  /** {@code host} or {@code docker}, as in peers.json. */
  String name();

  /**
   * Makes ready what these peers need and starts nothing of theirs.
   *
   * @throws RunnerUnavailable when this runner cannot work here
   */
  void prepare(List<Peer> peers) throws RunnerUnavailable;

  /**
   * Starts a program with {@code --serve}. Returns at once; the program may still be starting.
   *
   * @throws IOException when it cannot be started
   */
  PeerProcess serve(Peer peer, Role role) throws IOException;

  /**
   * Runs a command line in a fresh process, in the peer's directory, with nothing on stdin.
   *
   * @param deadline after it the process is killed
   * @throws IOException when it cannot be started
   */
  Finished run(Peer peer, List<String> command, Duration deadline) throws IOException;

  /** The same as {@link #run}, as a line to paste into a shell. */
  String commandLine(Peer peer, List<String> command);

  /** What belongs into the environment block of the results: image digests and the like. */
  Map<String, Object> environment();

  @Override
  void close();
}
