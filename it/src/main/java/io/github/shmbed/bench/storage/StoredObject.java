// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import java.io.IOException;

/**
 * One object of a way, in the single steps that are measured. The C program's struct object has the
 * same steps under the same names.
 */
interface StoredObject {
  /** Makes it new; it is open then. */
  void create() throws IOException;

  /** Opens it again, by its name or id. */
  void open() throws IOException;

  void attach() throws IOException;

  /** Copies the source into it. */
  void write() throws IOException;

  /** Copies it into the target. */
  void read() throws IOException;

  /** Detaches and closes. */
  void detach() throws IOException;

  /**
   * From here on it goes away with the last who has it open: a kill leaves nothing behind. This
   * process keeps it until {@link #remove}.
   */
  void unname() throws IOException;

  /** Whatever state it is in. */
  void remove() throws IOException;

  /** Drops its pages from the page cache. Not of memory. */
  default void chill() throws IOException {
    throw new UnsupportedOperationException("only files on a disk can be cold");
  }
}
