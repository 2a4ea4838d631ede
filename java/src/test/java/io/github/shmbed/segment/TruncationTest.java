// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Another process makes the object shorter while it is mapped: an exception each time, and the JVM
 * goes on.
 */
class TruncationTest {
  private static final int SIZE = 1 << 20;
  private static final int GONE = 8192;

  private final String name = TestNames.name();
  private final byte[] bytes = new byte[SIZE];
  private PosixSegment segment;

  @BeforeEach
  void create() {
    segment = PosixSegment.createExclusively(name, SIZE, 0600);
  }

  @AfterEach
  void remove() {
    segment.close();
    PosixSegment.unlink(name);
  }

  private void truncate() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile("/dev/shm" + name, "rw")) {
      file.setLength(4096);
    }
  }

  private static void assertFault(String call, NativeCallException fault) {
    assertEquals(Errno.EFAULT, fault.errno());
    assertEquals(call, fault.call());
    assertTrue(fault.remedy().contains("SIGBUS"));
  }

  @Test
  void singleAccesses() throws IOException {
    truncate();
    assertEquals(0, segment.getLong(0));
    assertKnownFault(() -> segment.getByte(GONE));
    assertKnownFault(() -> segment.putLong(GONE, 1));
    assertKnownFault(() -> segment.putLongRelease(GONE, 1));
    assertFault(
        "write shared memory",
        assertThrows(NativeCallException.class, () -> segment.compareAndSetLong(GONE, 0, 1)));
    assertFault(
        "write shared memory",
        assertThrows(NativeCallException.class, () -> segment.getAndAddLong(GONE, 1)));
  }

  /**
   * The accessor's exception; or the JVM's own, a little later, when some of the JDK is compiled.
   */
  private void assertKnownFault(Runnable access) {
    Throwable fault =
        assertThrows(
            Throwable.class,
            () -> {
              access.run();
              segment.settle();
            });
    assertTrue(
        fault instanceof NativeCallException || MemoryFault.isOne((InternalError) fault),
        fault.toString());
  }

  @Test
  void bulkAccessesAlsoInCompiledCode() throws IOException {
    for (int i = 0; i < 20_000; i++) {
      segment.get(GONE, bytes, 0, 64);
      segment.put(GONE, bytes, 0, 64);
    }
    truncate();
    for (int i = 0; i < 50; i++) {
      for (int length : new int[] {1, 64, 100_000}) {
        // in compiled code HotSpot may throw its own error past the accessor's handler
        assertKnownFault(() -> segment.get(GONE, bytes, 0, length));
        assertKnownFault(() -> segment.put(GONE, bytes, 0, length));
      }
    }
    assertKnownFault(() -> segment.indexOf(0, (byte) 1));
    assertKnownFault(() -> segment.fill(0, SIZE, (byte) 1));
  }

  @Test
  void singleAccessesInCompiledCode() throws IOException {
    for (int i = 0; i < 20_000; i++) {
      sum(segment);
    }
    truncate();
    for (int i = 0; i < 50; i++) {
      assertKnownFault(() -> sum(segment));
    }
  }

  private static long sum(Segment segment) {
    long sum = 0;
    for (long offset = GONE; offset < GONE + 64; offset += Long.BYTES) {
      sum += segment.getLong(offset) + segment.getLongAcquire(offset);
    }
    return sum;
  }

  @Test
  void windows() throws IOException {
    ByteBuffer window = segment.window(0, SIZE);
    truncate();
    assertEquals(0, window.get(0));
    assertThrows(InternalError.class, () -> readAndSettle(window));
  }

  private static void readAndSettle(ByteBuffer window) {
    window.get(GONE);
    MemoryFault.settle();
  }
}
