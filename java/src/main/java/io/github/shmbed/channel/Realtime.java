// SPDX-License-Identifier: Apache-2.0
// Instants of CLOCK_REALTIME, which mq_timedreceive and sem_timedwait insist on.
package io.github.shmbed.channel;

import io.github.shmbed.libc.NativeBuffer;

/**
 * Converts time left into an instant, anew for each slice: a clock that is set costs at most one
 * slice.
 */
final class Realtime {
  private static final long NS_PER_MS = 1_000_000;

  private Realtime() {}

  /** Stores the struct timespec of the instant so far from now; it may be up to 1 ms early. */
  static void putInstant(NativeBuffer timespec, long fromNowNs) {
    timespec.putTimespec(0, System.currentTimeMillis() * NS_PER_MS + fromNowNs);
  }
}
