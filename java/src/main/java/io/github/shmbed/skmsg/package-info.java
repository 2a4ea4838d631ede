// SPDX-License-Identifier: Apache-2.0
/**
 * What the channel skmsg needs beside its two peers: the maps and the program ({@link
 * io.github.shmbed.skmsg.SkmsgMaps}), the process that keeps them ({@link
 * io.github.shmbed.skmsg.SkmsgManager}), and the two ways in for a peer ({@link
 * io.github.shmbed.skmsg.SkmsgWay}). The rules are those of peers/CONTRACT.md, section 8.
 *
 * <p>Depends on {@code libc}.
 */
package io.github.shmbed.skmsg;
