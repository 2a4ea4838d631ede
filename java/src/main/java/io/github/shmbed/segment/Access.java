// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

/** What an opener of a segment may do with it. */
public enum Access {
  /** Mapped without write permission; writing is a {@link java.nio.ReadOnlyBufferException}. */
  READ_ONLY,
  /** Mapped for reading and writing. */
  READ_WRITE
}
