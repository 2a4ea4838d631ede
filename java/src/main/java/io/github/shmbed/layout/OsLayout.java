// SPDX-License-Identifier: Apache-2.0
// The second, smaller convention of the original programs: the POSIX object OS, written in two
// parts.
package io.github.shmbed.layout;

/**
 * The {@code os} layout (peers/CONTRACT.md, section 4): as classic, with other defaults and a text
 * of its own.
 */
public final class OsLayout {
  public static final String NAME = "os";
  public static final String DEFAULT_SEGMENT_NAME = "/OS";
  public static final long DEFAULT_SIZE_BYTES = 4096;
  public static final int DEFAULT_MODE = 0666;

  /** The first part of the default text. */
  public static final String FIRST_PART = "This is POSIX ";

  /** The second part of the default text. */
  public static final String SECOND_PART = "shared memory IPC.\n";

  private OsLayout() {}
}
