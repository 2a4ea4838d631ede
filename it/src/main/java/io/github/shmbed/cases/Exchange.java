// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a case works with while it runs: the two peers, an object of its own, and the harness's own
 * view of it. Every request ends the cell by {@link CellFailure} when the peer fails, so a case
 * reads as the steps of the exchange.
 */
public interface Exchange {

  Peer writer();

  Peer reader();

  /**
   * Asks the serving writer; the object's name or key and the deadline are added. Returns its
   * result object.
   */
  Map<String, Object> write(String options) throws CellFailure;

  /** Asks the serving reader likewise and returns the raw bytes that it saw. */
  byte[] read(String options) throws CellFailure, IOException;

  /**
   * Asks the serving writer and the serving reader at the same time, since one cannot end without
   * the other; the object's name or key, the channel's address and the deadline are added. The
   * reader's digest is checked against the bytes that it wrote down.
   */
  FramedExchange.Done together(FramedExchange framed) throws CellFailure, IOException;

  /**
   * System V: asks the reader peer's cleaner to remove the object; POSIX: nothing, since the reader
   * has removed it.
   */
  void removeIfSysv() throws CellFailure;

  /**
   * Runs a role's own command line, with these arguments and nothing else, in a fresh process.
   * Returns its stdout.
   */
  String fresh(Role role, String... arguments) throws CellFailure, IOException;

  /** The object as the harness sees it; ERROR when it is not there. */
  SeenObject object() throws CellFailure, IOException;

  /** The first bytes of the object as the harness sees them, fewer when it is smaller. */
  byte[] objectBytes(int length) throws CellFailure, IOException;

  /** Writes bytes to a file of this cell, for {@code --payload}. */
  Path payloadFile(byte[] bytes) throws IOException;

  /** The first bytes of {@link #payload} in such a file, of any length. */
  Path payloadFile(long length) throws IOException;

  /** Bytes that depend on the run's seed, this cell and their position. */
  Payload payload();

  /** Ends the cell with MISMATCH when the two differ. */
  void requireEqual(String what, byte[] expected, byte[] actual) throws CellFailure;

  /**
   * An object as the kernel describes it.
   *
   * @param identity tells it from a later object of the same name or key
   * @param mode permission bits
   */
  record SeenObject(String identity, long sizeBytes, int mode) {}
}
