// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

import io.github.shmbed.layout.ClassicLayout;
import io.github.shmbed.layout.FramedLayout;
import io.github.shmbed.layout.OsLayout;

/**
 * What a layout has where the command line says nothing.
 *
 * @param sizeBytes the segment's size; 0 for just what is needed
 */
record LayoutDefaults(String name, long sizeBytes, int mode) {
  private static final LayoutDefaults CLASSIC =
      new LayoutDefaults(
          ClassicLayout.DEFAULT_SEGMENT_NAME,
          ClassicLayout.DEFAULT_SIZE_BYTES,
          ClassicLayout.DEFAULT_MODE);
  private static final LayoutDefaults OS =
      new LayoutDefaults(
          OsLayout.DEFAULT_SEGMENT_NAME, OsLayout.DEFAULT_SIZE_BYTES, OsLayout.DEFAULT_MODE);
  private static final LayoutDefaults FRAMED =
      new LayoutDefaults(FramedLayout.DEFAULT_SEGMENT_NAME, 0, FramedLayout.DEFAULT_MODE);

  /** Those of classic for a layout that this peer does not have. */
  static LayoutDefaults of(String layout) {
    switch (layout) {
      case OsLayout.NAME:
        return OS;
      case FramedLayout.NAME:
        return FRAMED;
      default:
        return CLASSIC;
    }
  }
}
