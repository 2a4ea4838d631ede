// SPDX-License-Identifier: Apache-2.0
/**
 * The Java peer: the programs writer, reader and cleaner of peers/CONTRACT.md for both API
 * families.
 *
 * <p>Start with {@link io.github.shmbed.peer.PeerMain}. The flows themselves are {@link
 * io.github.shmbed.peer.ClassicExchange}, {@link io.github.shmbed.peer.FramedWriter} and {@link
 * io.github.shmbed.peer.FramedReader}, over {@link io.github.shmbed.peer.SegmentStages} of either
 * family.
 */
package io.github.shmbed.peer;
