// SPDX-License-Identifier: Apache-2.0
// What IPC_STAT tells about a System V segment.
package io.github.shmbed.libc;

/**
 * Size, owner, mode and use of a System V segment (shmctl(2)).
 *
 * @param sizeBytes its size as asked for at creation
 * @param ownerUid its owner
 * @param permissions the permission bits, such as 0600
 * @param attachedCount how many times it is attached now
 */
public record SysvStatus(long sizeBytes, int ownerUid, int permissions, long attachedCount) {}
