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

  private static final int OFFSET_AT = 8;
  private static final int LENGTH_AT = 16;
  private static final int GENERATION_AT = 24;
  private static final int SENT_NS_AT = 32;
  private static final int CRC32C_AT = 40;
  private static final int FLAGS_AT = 44;

  private long seq;
  private long offset;
  private long length;
  private long generation;
  private long sentNs;
  private int crc32c;
  private int flags;

  /** Everything but the time at which it is sent. */
  public void set(long seq, long offset, long length, long generation, int crc32c, int flags) {
    this.seq = seq;
    this.offset = offset;
    this.length = length;
    this.generation = generation;
    this.crc32c = crc32c;
    this.flags = flags;
  }

  /** CLOCK_MONOTONIC just before sending. */
  public void setSentNs(long sentNs) {
    this.sentNs = sentNs;
  }

  /** Turns a message's descriptor into its acknowledgement. */
  public void acknowledge() {
    flags |= FLAG_ACKNOWLEDGEMENT;
  }

  /** The message's number, from 1, over warm-up and measured messages. */
  public long seq() {
    return seq;
  }

  /** Of the payload from the start of the segment. */
  public long offset() {
    return offset;
  }

  /** Of the payload, in bytes. */
  public long length() {
    return length;
  }

  /** Of the segment that it points into. */
  public long generation() {
    return generation;
  }

  /** When it was sent, by the sender's word. */
  public long sentNs() {
    return sentNs;
  }

  /** CRC-32C of the payload; valid with {@link #FLAG_CRC32C}. */
  public int crc32c() {
    return crc32c;
  }

  /** See {@link #FLAG_CRC32C} and {@link #FLAG_ACKNOWLEDGEMENT}. */
  public int flags() {
    return flags;
  }

  /** Stores the 48 bytes. */
  public void encode(ByteBuffer to, int at) {
    to.order(ByteOrder.LITTLE_ENDIAN);
    to.putLong(at, seq);
    to.putLong(at + OFFSET_AT, offset);
    to.putLong(at + LENGTH_AT, length);
    to.putLong(at + GENERATION_AT, generation);
    to.putLong(at + SENT_NS_AT, sentNs);
    to.putInt(at + CRC32C_AT, crc32c);
    to.putInt(at + FLAGS_AT, flags);
  }

  /** Copies the 48 bytes out. */
  public void decode(ByteBuffer from, int at) {
    from.order(ByteOrder.LITTLE_ENDIAN);
    seq = from.getLong(at);
    offset = from.getLong(at + OFFSET_AT);
    length = from.getLong(at + LENGTH_AT);
    generation = from.getLong(at + GENERATION_AT);
    sentNs = from.getLong(at + SENT_NS_AT);
    crc32c = from.getInt(at + CRC32C_AT);
    flags = from.getInt(at + FLAGS_AT);
  }

  /** Stores the 48 bytes in a segment; no order with other accesses is implied. */
  public void encode(Segment to, long at) {
    to.putLong(at, seq);
    to.putLong(at + OFFSET_AT, offset);
    to.putLong(at + LENGTH_AT, length);
    to.putLong(at + GENERATION_AT, generation);
    to.putLong(at + SENT_NS_AT, sentNs);
    to.putInt(at + CRC32C_AT, crc32c);
    to.putInt(at + FLAGS_AT, flags);
  }

  /** Copies the 48 bytes out of a segment, each once; no order with other accesses is implied. */
  public void decode(Segment from, long at) {
    seq = from.getLong(at);
    offset = from.getLong(at + OFFSET_AT);
    length = from.getLong(at + LENGTH_AT);
    generation = from.getLong(at + GENERATION_AT);
    sentNs = from.getLong(at + SENT_NS_AT);
    crc32c = from.getInt(at + CRC32C_AT);
    flags = from.getInt(at + FLAGS_AT);
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
    if (above(offset, size) || above(length, size - offset)) {
      throw broken(
          object,
          Errno.EBADMSG,
          "DESCRIPTOR_BOUNDS",
          bounds() + " end beyond the segment's " + size);
    }
    if (above(header.payloadOffset(), offset) || above(length, header.slotSizeBytes())) {
      throw broken(object, Errno.EBADMSG, "DESCRIPTOR_BOUNDS", bounds() + " are not within a slot");
    }
    checkFlags(0, object);
  }

  /**
   * Checks the descriptor of a message that follows on the channel itself: it points to nothing.
   *
   * @throws LayoutException as {@link #checkMessage}
   */
  public void checkWhole(FramedHeader header, long lastSeq, String object) {
    checkOrder(header, lastSeq, object);
    if (offset != 0 || above(length, header.slotSizeBytes())) {
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
    if (generation != header.generation()) {
      throw broken(
          object,
          Errno.ESTALE,
          "STALE_GENERATION",
          "it is of another segment than the one attached");
    }
    if (!above(seq, lastSeq)) {
      throw broken(object, Errno.EBADMSG, "SEQUENCE_REPEATED", number() + " came after " + lastSeq);
    }
    if (seq - lastSeq != 1) {
      throw broken(object, Errno.EBADMSG, "SEQUENCE_GAP", number() + " came after " + lastSeq);
    }
  }

  private void checkFlags(int wanted, String object) {
    if ((flags & ~FLAG_CRC32C) != wanted) {
      throw broken(object, Errno.EBADMSG, "DESCRIPTOR_FLAGS", "0x" + Integer.toHexString(flags));
    }
  }

  private String number() {
    return "message " + Long.toUnsignedString(seq);
  }

  private String bounds() {
    return Long.toUnsignedString(length) + " bytes at " + Long.toUnsignedString(offset);
  }

  private static boolean above(long left, long right) {
    return Long.compareUnsigned(left, right) > 0;
  }

  private static LayoutException broken(String object, int errno, String rule, String what) {
    return new LayoutException("descriptor", object, errno, rule, what);
  }
}
