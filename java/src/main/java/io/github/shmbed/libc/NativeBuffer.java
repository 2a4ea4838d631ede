// SPDX-License-Identifier: Apache-2.0
// A few bytes outside the Java heap whose address stays the same: for system calls without any
// allocation.
package io.github.shmbed.libc;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory for structures and messages. Keep it reachable while a call uses its address. */
public final class NativeBuffer {
  private final ByteBuffer bytes;
  private final long address;

  /** Allocates, all zero. */
  public NativeBuffer(int sizeBytes) {
    bytes = ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.nativeOrder());
    address = Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
  }

  /** The bytes, in the machine's order; use absolute positions. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** Where they are. */
  public long address() {
    return address;
  }

  /** Stores a struct timespec. */
  public void putTimespec(int offset, long ns) {
    bytes.putLong(offset, ns / 1_000_000_000L);
    bytes.putLong(offset + Long.BYTES, ns % 1_000_000_000L);
  }
}
