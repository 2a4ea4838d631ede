// SPDX-License-Identifier: Apache-2.0
// The 128 bytes at the start of a framed segment: planned and written by the writer, copied out
// once and checked by the reader.
package io.github.shmbed.layout;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.segment.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The header of the framed layout, but for its two fields that change, {@code state} and {@code
 * sequence}. Numbers are little-endian and unsigned; the offsets are those of peers/CONTRACT.md,
 * section 7.
 *
 * @param segmentSizeBytes the whole object
 * @param generation random, not 0, new for every creation
 * @param creator who made the segment
 * @param channelOffset of the channel block, 0 if there is none
 * @param payloadOffset of the first slot
 * @param slotSizeBytes of one slot, a multiple of 128
 * @param slotCount how many slots: the writer's window
 */
public record FramedHeader(
    long segmentSizeBytes,
    long generation,
    Creator creator,
    long channelOffset,
    long payloadOffset,
    long slotSizeBytes,
    long slotCount) {

  public static final int BYTES = 128;
  public static final int VERSION = 1;
  public static final long STATE_INIT = 0;
  public static final long STATE_READY = 1;
  public static final long STATE_CLOSED = 2;

  private static final byte[] MAGIC = "SHMBED".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION_AT = 6;
  private static final int HEADER_SIZE_AT = 8;
  private static final int SEGMENT_SIZE_AT = 16;
  private static final int GENERATION_AT = 24;
  private static final int CREATOR_PID_AT = 32;
  private static final int CREATOR_START_TIME_AT = 40;
  private static final int BOOT_ID_AT = 48;
  private static final int STATE_AT = 64;
  private static final int SEQUENCE_AT = 72;
  private static final int CHANNEL_OFFSET_AT = 80;
  private static final int PAYLOAD_OFFSET_AT = 88;
  private static final int SLOT_SIZE_AT = 96;
  private static final int SLOT_COUNT_AT = 104;

  /**
   * The smallest segment for messages of that size.
   *
   * @param messageSizeBytes 0 to 2^43
   * @param slotCount 1 to 8
   * @param channelBytes of the channel block, 0 for none
   * @param generation not 0
   */
  public static FramedHeader plan(
      long messageSizeBytes, long slotCount, long channelBytes, long generation, Creator creator) {
    long align = FramedLayout.ALIGNMENT;
    long payloadOffset = BYTES + (channelBytes + align - 1) / align * align;
    long slotSize = (messageSizeBytes + align - 1) / align * align;
    long segmentSize = payloadOffset + slotCount * slotSize;
    return new FramedHeader(
        segmentSize,
        generation,
        creator,
        channelBytes == 0 ? 0 : BYTES,
        payloadOffset,
        slotSize,
        slotCount);
  }

  /** The same with more room behind the slots. */
  public FramedHeader withSegmentSize(long sizeBytes) {
    return new FramedHeader(
        sizeBytes, generation, creator, channelOffset, payloadOffset, slotSizeBytes, slotCount);
  }

  /** The 128 bytes, with state init and sequence 0. */
  public byte[] toBytes() {
    ByteBuffer header = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC);
    header.putShort(VERSION_AT, (short) VERSION);
    header.putInt(HEADER_SIZE_AT, BYTES);
    header.putLong(SEGMENT_SIZE_AT, segmentSizeBytes);
    header.putLong(GENERATION_AT, generation);
    header.putLong(CREATOR_PID_AT, creator.pid());
    header.putLong(CREATOR_START_TIME_AT, creator.startTime());
    header.putLong(BOOT_ID_AT, creator.bootIdFirst());
    header.putLong(BOOT_ID_AT + Long.BYTES, creator.bootIdSecond());
    header.putLong(CHANNEL_OFFSET_AT, channelOffset);
    header.putLong(PAYLOAD_OFFSET_AT, payloadOffset);
    header.putLong(SLOT_SIZE_AT, slotSizeBytes);
    header.putLong(SLOT_COUNT_AT, slotCount);
    return header.array();
  }

  /**
   * Checks a copy of a header and takes its fields.
   *
   * @param copy 128 bytes that nobody else can change any more
   * @param realSizeBytes what fstat says
   * @param channelBytes of the channel block that the channel needs, 0 for none
   * @param object the segment, for the message
   * @throws LayoutException EBADMSG with the rule's name: {@code HEADER_MAGIC HEADER_VERSION
   *     HEADER_SIZE SEGMENT_SIZE HEADER_GENERATION HEADER_OFFSET}
   */
  public static FramedHeader parse(
      byte[] copy, long realSizeBytes, long channelBytes, String object) {
    ByteBuffer fields = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    if (!Arrays.equals(copy, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw broken(object, "HEADER_MAGIC", "this is no framed segment");
    }
    int version = fields.getShort(VERSION_AT) & 0xffff;
    if (version != VERSION) {
      throw broken(
          object, "HEADER_VERSION", "version " + version + ", and this peer knows " + VERSION);
    }
    if (fields.getInt(HEADER_SIZE_AT) != BYTES) {
      throw broken(object, "HEADER_SIZE", Integer.toUnsignedString(fields.getInt(HEADER_SIZE_AT)));
    }
    Creator creator =
        new Creator(
            fields.getLong(CREATOR_PID_AT),
            fields.getLong(CREATOR_START_TIME_AT),
            fields.getLong(BOOT_ID_AT),
            fields.getLong(BOOT_ID_AT + Long.BYTES));
    FramedHeader header =
        new FramedHeader(
            fields.getLong(SEGMENT_SIZE_AT),
            fields.getLong(GENERATION_AT),
            creator,
            fields.getLong(CHANNEL_OFFSET_AT),
            fields.getLong(PAYLOAD_OFFSET_AT),
            fields.getLong(SLOT_SIZE_AT),
            fields.getLong(SLOT_COUNT_AT));
    if (header.segmentSizeBytes < BYTES || above(header.segmentSizeBytes, realSizeBytes)) {
      throw sizeBroken(object, header.segmentSizeBytes, realSizeBytes);
    }
    if (header.generation == 0) {
      throw broken(object, "HEADER_GENERATION", "it is 0");
    }
    if (!header.offsetsAreSound(channelBytes)) {
      throw broken(object, "HEADER_OFFSET", "its offsets do not fit its size");
    }
    return header;
  }

  /** The error of a segment that is too small for what its header says, or for a header. */
  public static LayoutException sizeBroken(String object, long saidBytes, long realSizeBytes) {
    String said = Long.toUnsignedString(saidBytes);
    return broken(
        object, "SEGMENT_SIZE", said + " bytes said or needed, " + realSizeBytes + " there");
  }

  /** Unsigned arithmetic throughout, in an order that cannot wrap. */
  private boolean offsetsAreSound(long channelBytes) {
    if (!aligned(payloadOffset)
        || above(BYTES, payloadOffset)
        || above(payloadOffset, segmentSizeBytes)) {
      return false;
    }
    if (channelOffset == 0 ? channelBytes != 0 : !channelBlockFits(channelBytes)) {
      return false;
    }
    return aligned(slotSizeBytes)
        && slotCount >= 1
        && slotCount <= FramedLayout.MAX_WINDOW
        && !above(slotSizeBytes, (segmentSizeBytes - payloadOffset) / slotCount);
  }

  private boolean channelBlockFits(long channelBytes) {
    return aligned(channelOffset)
        && !above(BYTES, channelOffset)
        && !above(channelOffset, payloadOffset)
        && payloadOffset - channelOffset >= channelBytes;
  }

  /** Bytes that are written sooner or later: header, channel block and slots. */
  public long usedBytes() {
    return payloadOffset + slotCount * slotSizeBytes;
  }

  /** Where message number {@code seq} (from 1) lies. */
  public long slotOffset(long seq) {
    return payloadOffset + (seq - 1) % slotCount * slotSizeBytes;
  }

  /** Loads the state with acquire: who sees ready sees the whole header. */
  public static long state(Segment segment) {
    return segment.getLongAcquire(STATE_AT);
  }

  /** Stores the state with release, after everything else. */
  public static void publishState(Segment segment, long state) {
    segment.putLongRelease(STATE_AT, state);
  }

  /** Loads the newest message's number with acquire: who sees it sees the message. */
  public static long sequence(Segment segment) {
    return segment.getLongAcquire(SEQUENCE_AT);
  }

  /** Stores the newest message's number with release, after the message. */
  public static void publishSequence(Segment segment, long seq) {
    segment.putLongRelease(SEQUENCE_AT, seq);
  }

  private static boolean aligned(long offset) {
    return offset % FramedLayout.ALIGNMENT == 0;
  }

  private static boolean above(long left, long right) {
    return Long.compareUnsigned(left, right) > 0;
  }

  private static LayoutException broken(String object, String rule, String what) {
    return new LayoutException("header", object, Errno.EBADMSG, rule, what);
  }
}
