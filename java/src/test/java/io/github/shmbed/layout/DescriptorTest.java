// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A descriptor that lies is refused by the name of the rule, before anything it points to is
 * touched.
 */
class DescriptorTest {
  private static final FramedHeader HEADER =
      FramedHeader.plan(1000, 2, 8704, 7, new Creator(1, 2, 3, 4));
  private static final long LAST = 4;

  private static Descriptor descriptor(
      long seq, long offset, long length, long generation, int flags) {
    Descriptor descriptor = new Descriptor();
    descriptor.set(seq, offset, length, generation, 0, flags);
    return descriptor;
  }

  @ParameterizedTest
  @CsvSource({
    "STALE_GENERATION,  ESTALE,  5, 8832, 1000, 8, 1",
    "STALE_GENERATION,  ESTALE,  1, 0, -1, 0, 4", // the first of several lies
    "SEQUENCE_REPEATED, EBADMSG, 4, 8832, 1000, 7, 1",
    "SEQUENCE_REPEATED, EBADMSG, 0, 8832, 1000, 7, 1",
    "SEQUENCE_GAP,      EBADMSG, 6, 8832, 1000, 7, 1",
    "SEQUENCE_GAP,      EBADMSG, -1, 8832, 1000, 7, 1",
    "DESCRIPTOR_BOUNDS, EBADMSG, 5, 10881, 0, 7, 1",
    "DESCRIPTOR_BOUNDS, EBADMSG, 5, -1, 1, 7, 1",
    "DESCRIPTOR_BOUNDS, EBADMSG, 5, 8832, -1, 7, 1",
    "DESCRIPTOR_BOUNDS, EBADMSG, 5, 8832, 0x7fffffffffffffff, 7, 1",
    "DESCRIPTOR_BOUNDS, EBADMSG, 5, 10880, 1, 7, 1",
    "DESCRIPTOR_BOUNDS, EBADMSG, 5, 0, 128, 7, 1", // the header
    "DESCRIPTOR_BOUNDS, EBADMSG, 5, 8704, 128, 7, 1", // the lanes
    "DESCRIPTOR_BOUNDS, EBADMSG, 5, 8832, 1025, 7, 1", // longer than a slot
    "DESCRIPTOR_FLAGS,  EBADMSG, 5, 8832, 1000, 7, 4",
    "DESCRIPTOR_FLAGS,  EBADMSG, 5, 8832, 1000, 7, 3", // an acknowledgement
  })
  void aMessageThatLies(
      String rule, String errno, long seq, long offset, String length, long generation, int flags) {
    Descriptor lie = descriptor(seq, offset, Long.decode(length), generation, flags);
    LayoutException broken =
        assertThrows(LayoutException.class, () -> lie.checkMessage(HEADER, LAST, "futex"));
    assertEquals(rule, broken.rule());
    assertEquals(errno, broken.errnoName());
    assertEquals("descriptor", broken.part());
    assertEquals("futex", broken.object());
  }

  @Test
  void whatLiesWithinASlotIsTaken() {
    descriptor(5, 8832, 1024, 7, 1).checkMessage(HEADER, LAST, "futex");
    descriptor(5, 8832, 0, 7, 0).checkMessage(HEADER, LAST, "futex");
    descriptor(5, 10880, 0, 7, 0).checkMessage(HEADER, LAST, "futex");
  }

  @Test
  void theDescriptorOfAMessageOnTheChannelItselfPointsToNothing() {
    descriptor(5, 0, 1024, 7, 1).checkWhole(HEADER, LAST, "unix-whole");
    descriptor(5, 0, 0, 7, 0).checkWhole(HEADER, LAST, "unix-whole");
    for (Descriptor lie :
        new Descriptor[] {
          descriptor(5, 8832, 1000, 7, 1),
          descriptor(5, 0, 1025, 7, 1),
          descriptor(5, 0, -1, 7, 1),
          descriptor(5, 0, 1, 7, 2),
          descriptor(4, 0, 1, 7, 1)
        }) {
      assertThrows(LayoutException.class, () -> lie.checkWhole(HEADER, LAST, "unix-whole"));
    }
  }

  @Test
  void anAcknowledgementIsCheckedTooButPointsToNothing() {
    descriptor(5, -1, -1, 7, 3).checkAcknowledgement(HEADER, LAST, "futex");
    for (Descriptor lie :
        new Descriptor[] {
          descriptor(5, 0, 0, 8, 3),
          descriptor(4, 0, 0, 7, 3),
          descriptor(6, 0, 0, 7, 3),
          descriptor(5, 0, 0, 7, 1),
          descriptor(5, 0, 0, 7, 7)
        }) {
      assertThrows(LayoutException.class, () -> lie.checkAcknowledgement(HEADER, LAST, "futex"));
    }
  }
}
