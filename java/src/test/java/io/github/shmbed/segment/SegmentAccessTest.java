// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the two families have in common, on a POSIX segment. */
class SegmentAccessTest {
  private static final long GIB = 1L << 30;

  private final String name = TestNames.name();
  private PosixSegment segment;

  @BeforeEach
  void create() {
    segment = PosixSegment.createExclusively(name, 10000, 0600);
  }

  @AfterEach
  void remove() {
    segment.close();
    PosixSegment.unlink(name);
  }

  @Test
  void numbersAreLittleEndianAtAnyOffset() {
    segment.putInt(3, 0x01020304);
    assertEquals(4, segment.getByte(3));
    assertEquals(0x01020304, segment.getInt(3));
    segment.putLong(11, 0x0102030405060708L);
    assertEquals(8, segment.getByte(11));
    assertEquals(0x0102030405060708L, segment.getLong(11));
    segment.putByte(9999, (byte) -1);
    assertEquals(-1, segment.getByte(9999));
  }

  @Test
  void someNumbersAtOnceAreTheSameAsOneByOne() {
    segment.putLongs(9936, new long[] {1, -2, 3, 4, 5, 6, 7, 8});
    assertEquals(-2, segment.getLong(9944));
    long[] copy = new long[2];
    segment.getLongs(9984, copy);
    assertArrayEquals(new long[] {7, 8}, copy);
    assertThrows(IndexOutOfBoundsException.class, () -> segment.getLongs(9985, copy));
    assertThrows(IndexOutOfBoundsException.class, () -> segment.putLongs(-1, copy));
    assertThrows(IllegalArgumentException.class, () -> segment.putLongs(0, new long[9]));
  }

  @Test
  void atomicsReadAndChangeWhatIsThere() {
    segment.putLongRelease(64, 5);
    assertEquals(5, segment.getLongAcquire(64));
    assertEquals(5, segment.getAndAddLong(64, 3));
    assertFalse(segment.compareAndSetLong(64, 5, 9));
    assertTrue(segment.compareAndSetLong(64, 8, 9));
    assertEquals(9, segment.getLong(64));
  }

  @Test
  void fillAndIndexOfWorkAcrossPages() {
    segment.fill(0, 10000, (byte) 7);
    assertEquals(-1, segment.indexOf(0, (byte) 0));
    segment.putByte(9999, (byte) 0);
    assertEquals(9999, segment.indexOf(0, (byte) 0));
    segment.putByte(4096, (byte) 0);
    assertEquals(4096, segment.indexOf(1, (byte) 0));
    assertEquals(9999, segment.indexOf(4097, (byte) 0));
    assertEquals(-1, segment.indexOf(10000, (byte) 0));
  }

  @Test
  void everyAccessOutsideTheSegmentIsRefused() {
    byte[] bytes = new byte[8];
    for (long offset :
        new long[] {-1, 9993, 10000, GIB, Long.MAX_VALUE, Long.MIN_VALUE, -GIB * 4}) {
      assertThrows(IndexOutOfBoundsException.class, () -> segment.get(offset, bytes, 0, 8));
      assertThrows(IndexOutOfBoundsException.class, () -> segment.put(offset, bytes, 0, 8));
      assertThrows(IndexOutOfBoundsException.class, () -> segment.getLong(offset));
      assertThrows(IndexOutOfBoundsException.class, () -> segment.putLong(offset, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> segment.getLongAcquire(offset));
      assertThrows(IndexOutOfBoundsException.class, () -> segment.window(offset, 8));
      assertThrows(IndexOutOfBoundsException.class, () -> segment.fill(offset, 8, (byte) 0));
    }
    assertThrows(IndexOutOfBoundsException.class, () -> segment.get(0, bytes, 1, 8));
    assertThrows(IndexOutOfBoundsException.class, () -> segment.get(0, bytes, 0, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> segment.indexOf(10001, (byte) 0));
  }

  @Test
  void aWindowIsTheMemoryItself() {
    ByteBuffer window = segment.window(4096, 16);
    assertEquals(16, window.capacity());
    window.putLong(8, 42);
    assertEquals(42, segment.getLong(4104));
    assertEquals(0, segment.window(10000, 0).capacity());
  }

  @Test
  void threeGibibytesRoundTripAByteAtTheirEnd() throws Exception {
    String large = TestNames.name();
    long size = 3 * GIB;
    try {
      // Sized but not reserved: the test takes three pages, not three GiB.
      try (PosixObject object = PosixObject.createExclusively(large, 0600)) {
        object.resize(size);
        try (PosixSegment writer = object.attach(size, Access.READ_WRITE)) {
          writer.putByte(size - 1, (byte) 77);
          writer.putLong(2 * GIB - 4, 0x0102030405060708L); // across the border of two chunks
          writer.put(GIB - 2, new byte[] {1, 2, 3, 4}, 0, 4);
        }
      }
      assertEquals(size, Files.size(Path.of("/dev/shm" + large)));
      try (PosixSegment reader = PosixSegment.openExisting(large, Access.READ_ONLY)) {
        assertEquals(size, reader.sizeBytes());
        assertEquals(77, reader.getByte(size - 1));
        assertEquals(size - 1, reader.indexOf(size - 5000, (byte) 77));
        assertEquals(0x0102030405060708L, reader.getLong(2 * GIB - 4));
        byte[] bytes = new byte[4];
        long[] numbers = new long[8];
        reader.getLongs(2 * GIB - 4, numbers);
        assertEquals(0x0102030405060708L, numbers[0]);
        reader.get(GIB - 2, bytes, 0, 4);
        assertEquals(0x01020304, ByteBuffer.wrap(bytes).getInt());
        assertEquals(77, reader.window(size - 1, 1).get(0));
        assertEquals(0x08, reader.window(2 * GIB - 4, Integer.MAX_VALUE - (1 << 30)).get(0));
      }
    } finally {
      PosixSegment.unlink(large);
    }
  }
}
