// SPDX-License-Identifier: Apache-2.0
/**
 * The C library's calls that shared memory needs, each wrapped once: JNA direct mapping below, a
 * Java method that throws {@link io.github.shmbed.libc.NativeCallException} above.
 *
 * <p>Depends on JNA and on nothing else of shmbed. Users of the library meet {@code
 * NativeCallException} and {@link io.github.shmbed.libc.Errno}; the calls themselves are for the
 * package {@code segment}.
 */
package io.github.shmbed.libc;
