// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.skmsg;

import io.github.shmbed.libc.NativeCallException;
import java.nio.file.Path;

/**
 * A peer's way into the maps of the channel skmsg (peers/CONTRACT.md, section 8). Methods throw
 * {@link NativeCallException} with calls such as {@code skmsg put}; used by one thread.
 */
public interface SkmsgWay extends AutoCloseable {

  /** By the manager of a folder: it gets the peer's socket and does all calls of bpf(2). */
  static SkmsgWay byManager(Path folder) {
    return new ManagerWay(folder);
  }

  /** By the pins of a folder's manager: the peer does the calls itself. */
  static SkmsgWay byPins(Path folder) {
    return new PinWay(folder);
  }

  /** Begins to count for a socket, which has this key. */
  void join(int socket, long key);

  /** Makes the joined socket the target of that key's messages. */
  void put(long key);

  /** And no longer. */
  void take(long key);

  /** ENOENT unless the joined socket has a target. */
  void seek();

  /** What was counted for the joined socket. */
  SkmsgCounts count();

  /** False: the manager has gone, and with it what it had put into the maps. */
  boolean isAlive();

  /** Leaves: neither the socket nor its counts stay in the maps. */
  @Override
  void close();
}
