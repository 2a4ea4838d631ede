// SPDX-License-Identifier: Apache-2.0
// Where readers copy payloads to. One for the process: a new one for every command line of --serve
// would be zeroed each time, megabytes that push everything else out of the caches.
package io.github.shmbed.peer;

/** A buffer outside the stages' times: allocated and touched before the first of them. */
final class ReadBuffer {
  private static byte[] kept = new byte[0];

  private ReadBuffer() {}

  /** At least this many bytes, with whatever was read last; for one command at a time. */
  static byte[] ofAtLeast(int bytes) {
    if (kept.length < bytes) {
      kept = new byte[bytes];
    }
    return kept;
  }
}
