// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A header that does not hold what it says is refused by the name of the rule. */
class FramedHeaderTest {
  private static final FramedHeader GOOD =
      FramedHeader.plan(1000, 2, 8704, 7, new Creator(1, 2, 3, 4));

  @ParameterizedTest
  @CsvSource({
    "HEADER_MAGIC,       0, 0x41",
    "HEADER_MAGIC,       5, 0",
    "HEADER_VERSION,     6, 2",
    "HEADER_SIZE,        8, 64",
    "SEGMENT_SIZE,      16, 127",
    "SEGMENT_SIZE,      16, 10881", // one more than there is
    "SEGMENT_SIZE,      16, -1",
    "HEADER_GENERATION, 24, 0",
    "HEADER_OFFSET,     80, 0", // the channel needs lanes
    "HEADER_OFFSET,     80, 64",
    "HEADER_OFFSET,     80, 129",
    "HEADER_OFFSET,     80, 256", // lanes beyond the payload's start
    "HEADER_OFFSET,     80, -128",
    "HEADER_OFFSET,     88, 0",
    "HEADER_OFFSET,     88, 8833",
    "HEADER_OFFSET,     88, 11008", // beyond the end
    "HEADER_OFFSET,     88, -128",
    "HEADER_OFFSET,     96, 1000",
    "HEADER_OFFSET,     96, 1280", // two of them are too much
    "HEADER_OFFSET,     96, -128",
    "HEADER_OFFSET,     96, 0x4000000000000000", // times 4 would wrap to 0
    "HEADER_OFFSET,    104, 0",
    "HEADER_OFFSET,    104, 3",
    "HEADER_OFFSET,    104, 9",
    "HEADER_OFFSET,    104, -1",
    "HEADER_OFFSET,    104, 0x2000000000000000",
  })
  void aFieldThatLies(String rule, int offset, String value) {
    byte[] copy = GOOD.toBytes();
    ByteBuffer fields = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    long number = Long.decode(value);
    if (offset < 8) {
      copy[offset] = (byte) number;
    } else if (offset == 8) {
      fields.putInt(offset, (int) number);
    } else {
      fields.putLong(offset, number);
    }
    LayoutException broken =
        assertThrows(
            LayoutException.class,
            () -> FramedHeader.parse(copy, GOOD.segmentSizeBytes(), 8704, "/x"));
    assertEquals(rule, broken.rule());
    assertEquals("header", broken.part());
    assertEquals("EBADMSG", broken.errnoName());
  }

  @Test
  void aGoodHeaderIsTakenAlsoFromALargerObject() {
    assertEquals(10880, GOOD.segmentSizeBytes());
    assertEquals(GOOD, FramedHeader.parse(GOOD.toBytes(), 1 << 20, 8704, "/x"));
    assertEquals(GOOD, FramedHeader.parse(GOOD.toBytes(), 10880, 0, "/x"));
  }

  @Test
  void messagesLieInTheSlotsInTurn() {
    assertEquals(8832, GOOD.slotOffset(1));
    assertEquals(8832 + 1024, GOOD.slotOffset(2));
    assertEquals(8832, GOOD.slotOffset(3));
    assertEquals(128, FramedHeader.plan(0, 8, 0, 1, GOOD.creator()).segmentSizeBytes());
  }

  @Test
  void theCreatorIsThisProcess() throws IOException {
    Creator self = Creator.self();
    assertEquals(ProcessHandle.current().pid(), self.pid());
    String stat = Files.readString(Path.of("/proc/self/stat"));
    assertTrue(stat.contains(" " + self.startTime() + " "), stat);
    String bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
    assertEquals(Integer.parseInt(bootId.substring(0, 2), 16), self.bootIdFirst() & 0xff);
    assertEquals(Integer.parseInt(bootId.strip().substring(34), 16), self.bootIdSecond() >>> 56);
    assertNotEquals(0, self.startTime());
  }
}
