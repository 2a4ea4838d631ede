// SPDX-License-Identifier: Apache-2.0
// The 48 bytes that tell where in the segment a message lies; and the checks before anybody
// believes them.
package io.github.shmbed.layout;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.segment.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A descriptor (peers/CONTRACT.md, section 7). Mutable and used again for every message, so that
 * the message loop allocates nothing. Not thread-safe.
 */
public final class Descriptor {
  public static final int BYTES = 48;

  /** In {@link #flags}: the CRC is valid. */
  public static final int FLAG_CRC32C = 1;

  /** In {@link #flags}: from the reader to the writer. */
  public static final int FLAG_ACKNOWLEDGEMENT = 2;

  private static final int SEQ = 0;
  private static final int OFFSET = 1;
  private static final int LENGTH = 2;
  private static final int GENERATION = 3;
  private static final int SENT_NS = 4;
  private static final int CRC32C_AND_FLAGS = 5; // the CRC in the low half

  /** The 48 bytes as six little-endian numbers: so they are copied in and out as a whole. */
  private final long[] words = new long[BYTES / Long.BYTES];

  /** Everything but the time at which it is sent. */
  public void set(long seq, long offset, long length, long generation, int crc32c, int flags) {
    words[SEQ] = seq;
    words[OFFSET] = offset;
    words[LENGTH] = length;
    words[GENERATION] = generation;
    words[CRC32C_AND_FLAGS] = (long) flags << Integer.SIZE | crc32c & 0xffffffffL;
  }

  /** CLOCK_MONOTONIC just before sending. */
  public void setSentNs(long sentNs) {
    words[SENT_NS] = sentNs;
  }

  /** Turns a message's descriptor into its acknowledgement. */
  public void acknowledge() {
    words[CRC32C_AND_FLAGS] |= (long) FLAG_ACKNOWLEDGEMENT << Integer.SIZE;
  }

  /** The message's number, from 1, over warm-up and measured messages. */
  public long seq() {
    return words[SEQ];
  }

  /** Of the payload from the start of the segment. */
  public long offset() {
    return words[OFFSET];
  }

  /** Of the payload, in bytes. */
  public long length() {
    return words[LENGTH];
  }

  /** Of the segment that it points into. */
  public long generation() {
    return words[GENERATION];
  }

  /** When it was sent, by the sender's word. */
  public long sentNs() {
    return words[SENT_NS];
  }

  /** CRC-32C of the payload; valid with {@link #FLAG_CRC32C}. */
  public int crc32c() {
    return (int) words[CRC32C_AND_FLAGS];
  }

  /** See {@link #FLAG_CRC32C} and {@link #FLAG_ACKNOWLEDGEMENT}. */
  public int flags() {
    return (int) (words[CRC32C_AND_FLAGS] >>> Integer.SIZE);
  }

  /** Stores the 48 bytes; {@code to} becomes little-endian. */
  public void encode(ByteBuffer to, int at) {
    to.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < words.length; i++) {
      to.putLong(at + i * Long.BYTES, words[i]);
    }
  }

  /** Copies the 48 bytes out; {@code from} becomes little-endian. */
  public void decode(ByteBuffer from, int at) {
    from.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < words.length; i++) {
      words[i] = from.getLong(at + i * Long.BYTES);
    }
  }

  /** Stores the 48 bytes in a segment; no order with other accesses is implied. */
  public void encode(Segment to, long at) {
    to.putLongs(at, words);
  }

  /** Copies the 48 bytes out of a segment, each once; no order with other accesses is implied. */
  public void decode(Segment from, long at) {
    from.getLongs(at, words);
  }

  /**
   * Checks a message's descriptor before its payload is touched.
   *
   * @param header of the segment, checked
   * @param lastSeq number of the message before, 0 before the first
   * @param object the channel, for the message
   * @throws LayoutException ESTALE {@code STALE_GENERATION}; EBADMSG {@code SEQUENCE_REPEATED
   *     SEQUENCE_GAP DESCRIPTOR_BOUNDS DESCRIPTOR_FLAGS}
   */
  public void checkMessage(FramedHeader header, long lastSeq, String object) {
    checkOrder(header, lastSeq, object);
    long size = header.segmentSizeBytes();
    if (above(offset(), size) || above(length(), size - offset())) {
      throw broken(
          object,
          Errno.EBADMSG,
          "DESCRIPTOR_BOUNDS",
          bounds() + " end beyond the segment's " + size);
    }
    if (above(header.payloadOffset(), offset()) || above(length(), header.slotSizeBytes())) {
      throw broken(object, Errno.EBADMSG, "DESCRIPTOR_BOUNDS", bounds() + " are not within a slot");
    }
    checkFlags(0, object);
  }

  /**
   * Checks, after {@link #checkMessage}, that a payload does not lie behind the slots.
   *
   * @throws LayoutException EBADMSG {@code DESCRIPTOR_BOUNDS}
   */
  public void checkWithinSlots(FramedHeader header, String object) {
    if (offset() + length() > header.usedBytes()) {
      throw broken(object, Errno.EBADMSG, "DESCRIPTOR_BOUNDS", bounds() + " are behind the slots");
    }
  }

  /**
   * Checks the descriptor of a message that follows on the channel itself: it points to nothing.
   *
   * @throws LayoutException as {@link #checkMessage}
   */
  public void checkWhole(FramedHeader header, long lastSeq, String object) {
    checkOrder(header, lastSeq, object);
    if (offset() != 0 || above(length(), header.slotSizeBytes())) {
      throw broken(
          object,
          Errno.EBADMSG,
          "DESCRIPTOR_BOUNDS",
          bounds() + " where offset 0 and a slot's size are allowed");
    }
    checkFlags(0, object);
  }

  /**
   * Checks an acknowledgement, which points to nothing.
   *
   * @param lastSeq number of the message that was acknowledged before
   * @throws LayoutException as {@link #checkMessage}
   */
  public void checkAcknowledgement(FramedHeader header, long lastSeq, String object) {
    checkOrder(header, lastSeq, object);
    checkFlags(FLAG_ACKNOWLEDGEMENT, object);
  }

  private void checkOrder(FramedHeader header, long lastSeq, String object) {
    if (generation() != header.generation()) {
      throw broken(
          object,
          Errno.ESTALE,
          "STALE_GENERATION",
          "it is of another segment than the one attached");
    }
    if (!above(seq(), lastSeq)) {
      throw broken(object, Errno.EBADMSG, "SEQUENCE_REPEATED", number() + " came after " + lastSeq);
    }
    if (seq() - lastSeq != 1) {
      throw broken(object, Errno.EBADMSG, "SEQUENCE_GAP", number() + " came after " + lastSeq);
    }
  }

  private void checkFlags(int wanted, String object) {
    if ((flags() & ~FLAG_CRC32C) != wanted) {
      throw broken(object, Errno.EBADMSG, "DESCRIPTOR_FLAGS", "0x" + Integer.toHexString(flags()));
    }
  }

  private String number() {
    return "message " + Long.toUnsignedString(seq());
  }

  private String bounds() {
    return Long.toUnsignedString(length()) + " bytes at " + Long.toUnsignedString(offset());
  }

  private static boolean above(long left, long right) {
    return Long.compareUnsigned(left, right) > 0;
  }

  private static LayoutException broken(String object, int errno, String rule, String what) {
    return new LayoutException("descriptor", object, errno, rule, what);
  }
}
