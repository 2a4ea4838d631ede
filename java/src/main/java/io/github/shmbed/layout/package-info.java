// SPDX-License-Identifier: Apache-2.0
/**
 * What lies where in a segment, so that programs in other languages find it: the layouts of
 * peers/CONTRACT.md.
 *
 * <p>Depends on {@code segment}. A rule of a layout that does not hold is a {@link
 * io.github.shmbed.layout.LayoutException}.
 */
package io.github.shmbed.layout;
