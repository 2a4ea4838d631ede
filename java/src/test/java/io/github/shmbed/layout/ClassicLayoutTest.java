// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.TestNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClassicLayoutTest {
  private static final int SIZE = 3 * 4096;

  private final String name = TestNames.name();
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

  private void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    ClassicLayout.write(segment, 0, bytes, 0, bytes.length);
    ClassicLayout.end(segment, bytes.length);
  }

  private String read(int partBytes) {
    StringBuilder text = new StringBuilder();
    byte[] part = new byte[partBytes];
    ClassicReader reader = new ClassicReader(segment);
    while (!reader.ended()) {
      text.append(new String(part, 0, reader.read(part), StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }

  @Test
  void aTextOfAnyLengthComesBackInPartsOfAnySize() {
    for (int length : new int[] {0, 1, 7, 4095, 4096, 4097, 8192, SIZE - 1}) {
      String text = "x".repeat(length);
      write(text);
      for (int part : new int[] {1, 100, 4096, 5000, SIZE}) {
        assertEquals(text, read(part), length + " bytes in parts of " + part);
      }
    }
  }

  @Test
  void aShorterTextInTheSameSegmentHasNoOldTail() {
    write("long ".repeat(1000));
    write("short");
    assertEquals("short", read(SIZE));
  }

  @Test
  void everyByteButNulIsText() {
    byte[] bytes = new byte[255];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    write(new String(bytes, StandardCharsets.ISO_8859_1));
    assertEquals(new String(bytes, StandardCharsets.ISO_8859_1), read(SIZE));
  }

  @Test
  void aSegmentWithoutNulIsABadMessage() {
    segment.fill(0, SIZE, (byte) 'x');
    LayoutException broken = assertThrows(LayoutException.class, () -> read(SIZE + 10));
    assertEquals("classic", broken.part());
    assertEquals("EBADMSG", broken.errnoName());
    assertEquals("TEXT_END", broken.rule());
    assertTrue(broken.getMessage().startsWith("classic " + name + ": EBADMSG (TEXT_END: "));
  }

  @Test
  void nothingBeyondThePageOfTheNulIsRead() throws Exception {
    byte[] dst = new byte[SIZE];
    Arrays.fill(dst, (byte) 9);
    write("abc");
    new ClassicReader(segment).read(dst);
    assertEquals(9, dst[4096]);
  }

  @Test
  void theTextAndItsNulMustFit() {
    ClassicLayout.checkFits("x", 99, 100);
    LayoutException broken =
        assertThrows(LayoutException.class, () -> ClassicLayout.checkFits("x", 100, 100));
    assertEquals("EMSGSIZE", broken.errnoName());
  }
}
