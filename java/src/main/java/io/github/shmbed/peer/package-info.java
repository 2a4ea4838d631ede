// SPDX-License-Identifier: Apache-2.0
/**
 * The Java peer: the programs writer, reader and cleaner of peers/CONTRACT.md for both API
 * families.
 *
 * <p>Start with {@link io.github.shmbed.peer.PeerMain}; {@link io.github.shmbed.peer.PosixExchange}
 * and {@link io.github.shmbed.peer.SysvExchange} are the flows themselves.
 */
package io.github.shmbed.peer;
