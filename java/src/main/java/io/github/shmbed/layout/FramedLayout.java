// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.layout;

/** Names and defaults of the framed layout (peers/CONTRACT.md, section 7). */
public final class FramedLayout {
  public static final String NAME = "framed";
  public static final String DEFAULT_SEGMENT_NAME = "/shmbed";
  public static final int DEFAULT_MODE = 0600;

  /** Messages on the way at most, and so payload slots at most. */
  public static final int MAX_WINDOW = 8;

  /** Header, channel block and payload slots begin at multiples of this. */
  static final int ALIGNMENT = 128;

  private FramedLayout() {}
}
