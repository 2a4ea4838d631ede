// SPDX-License-Identifier: Apache-2.0
// What getrusage tells about this process.
package io.github.shmbed.libc;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Page faults, context switches and CPU time of this process with all its threads (getrusage(2)).
 *
 * @param minorFaults without I/O
 * @param majorFaults with I/O
 * @param voluntarySwitches because a thread waited
 * @param involuntarySwitches because its time was up
 * @param userNs CPU time in user mode, in steps of 1000
 * @param systemNs CPU time in the kernel, in steps of 1000
 */
public record ResourceUsage(
    long minorFaults,
    long majorFaults,
    long voluntarySwitches,
    long involuntarySwitches,
    long userNs,
    long systemNs) {

  private static final int RUSAGE_SELF = 0;
  private static final int RUSAGE_BYTES = 144;

  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    static native int getrusage(int who, byte[] usage);
  }

  /** The values so far. */
  public static ResourceUsage now() {
    byte[] usage = new byte[RUSAGE_BYTES];
    if (Natives.getrusage(RUSAGE_SELF, usage) != 0) {
      throw new NativeCallException("getrusage", "RUSAGE_SELF", Native.getLastError());
    }
    ByteBuffer fields = ByteBuffer.wrap(usage).order(ByteOrder.nativeOrder());
    return new ResourceUsage(
        fields.getLong(64),
        fields.getLong(72),
        fields.getLong(128),
        fields.getLong(136),
        fields.getLong(0) * 1_000_000_000L + fields.getLong(8) * 1000,
        fields.getLong(16) * 1_000_000_000L + fields.getLong(24) * 1000);
  }

  /** What was used since then. */
  public ResourceUsage since(ResourceUsage before) {
    return new ResourceUsage(
        minorFaults - before.minorFaults,
        majorFaults - before.majorFaults,
        voluntarySwitches - before.voluntarySwitches,
        involuntarySwitches - before.involuntarySwitches,
        userNs - before.userNs,
        systemNs - before.systemNs);
  }
}
