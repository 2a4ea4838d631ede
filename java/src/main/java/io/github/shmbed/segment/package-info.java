// SPDX-License-Identifier: Apache-2.0
/**
 * Shared memory of Linux, POSIX and System V, as an object with {@code put} and {@code get}. This
 * is the library's front door:
 *
 * <pre>{@code
 * try (Segment segment = PosixSegment.createExclusively("/prices", 4096, 0600)) {
 *   segment.put(0, bytes, 0, bytes.length);
 * }
 * try (Segment segment = PosixSegment.openExisting("/prices", Access.READ_ONLY)) {
 *   segment.get(0, bytes, 0, bytes.length);
 * }
 * PosixSegment.unlink("/prices");
 * }</pre>
 *
 * <p>{@link io.github.shmbed.segment.PosixSegment} and {@link io.github.shmbed.segment.SysvSegment}
 * create, open and remove in one call each. {@link io.github.shmbed.segment.PosixObject} and {@link
 * io.github.shmbed.segment.SysvObject} are the same in single steps, for those who measure them or
 * need another order.
 */
package io.github.shmbed.segment;
