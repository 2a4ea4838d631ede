// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;

/**
 * A window that is given back before its segment is closed, by whoever is sure to have no other use
 * for it, so that the segment can be detached in the usual way.
 */
public final class Loan implements AutoCloseable {
  private final ByteBuffer bytes;
  private final Cleaner.Cleanable end;

  Loan(ByteBuffer bytes, Cleaner.Cleanable end) {
    this.bytes = bytes;
    this.end = end;
  }

  /** The window; see {@link Segment#window}. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /**
   * Gives it back. From now on neither the window nor a slice of it may be used: once the segment
   * is closed, that would end the JVM.
   */
  @Override
  public void close() {
    end.clean();
  }
}
