// SPDX-License-Identifier: Apache-2.0
// DPDK's own rte_ring, through the library that the C peers load (peers/c/rtering/rtering.h).
package io.github.shmbed.channel;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.github.shmbed.Lacking;
import io.github.shmbed.layout.Descriptor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A ring at an address of this process. For one thread. */
final class DpdkRing {
  private static final Path LIBRARY =
      Path.of("..", "peers", "c", "rtering", "librtering.so").toAbsolutePath();
  private static final int LAYOUT_FIELDS = 13;
  private static final int STRUCT_BYTES = 24;

  private final Memory ring = new Memory(STRUCT_BYTES);
  private final Memory element = new Memory(Descriptor.BYTES);
  private final ByteBuffer elementBytes = element.getByteBuffer(0, Descriptor.BYTES);
  private final Object[] arguments = {ring, element};
  private final Function enqueue = function("rtering_enqueue");
  private final Function dequeue = function("rtering_dequeue");

  DpdkRing(long address, RingWords words) {
    ring.setLong(0, address);
    ring.setInt(Native.POINTER_SIZE, words.count());
    ring.setInt(Native.POINTER_SIZE + 4, Descriptor.BYTES);
    ring.setInt(Native.POINTER_SIZE + 8, words.multi() ? 1 : 0);
  }

  /** Ends the test where the C peers were built without DPDK. */
  static void assumeInstalled() {
    if (!Files.exists(LIBRARY)) {
      Lacking.end(
          "rtering",
          "DPDK not installed: sudo apt-get install --no-install-recommends libdpdk-dev"
              + " && make -C peers/c");
    }
  }

  private static Function function(String name) {
    return NativeLibrary.getInstance(LIBRARY.toString()).getFunction(name);
  }

  /** Offsets and sizes as peers/c/rtering/rtering.h lists them. */
  static int[] layout() {
    int[] layout = new int[LAYOUT_FIELDS];
    function("rtering_layout").invokeVoid(new Object[] {layout});
    return layout;
  }

  long bytes() {
    return function("rtering_bytes").invokeLong(new Object[] {ring});
  }

  int create(String name, int start) {
    return function("rtering_create").invokeInt(new Object[] {ring, name, start});
  }

  boolean enqueue(Descriptor descriptor) {
    descriptor.encode(elementBytes, 0);
    return enqueue.invokeInt(arguments) == 0;
  }

  boolean dequeue(Descriptor into) {
    if (dequeue.invokeInt(arguments) != 0) {
      return false;
    }
    into.decode(elementBytes, 0);
    return true;
  }
}
