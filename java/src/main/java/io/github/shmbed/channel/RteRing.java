// SPDX-License-Identifier: Apache-2.0
// One side of a ring of DPDK (rte_ring), in Java alone: the same bytes, the same order of loads and
// stores.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.segment.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A ring in the segment (peers/CONTRACT.md, section 8), as its producer or as its consumer. To
 * enqueue: {@link #claim}, {@link #put}, {@link #publish}; to dequeue: {@link #claim}, {@link
 * #take}, {@link #publish}. Size and mask are this side's own; of what the other side can change
 * only counters are read, and checked. Allocates nothing after {@link #open}.
 */
final class RteRing {
  static final int HEADER_BYTES = 128;

  /** Fields of the header. */
  static final int VERSION_AT = 8;

  static final int LINE_AT = 12;
  static final int ELEMENT_BYTES_AT = 16;
  static final int COUNT_AT = 20;
  static final int SYNC_TYPE_AT = 24;
  static final int TABLE_SLOTS_AT = 28;
  static final int RING_BYTES_AT = 32;

  /** Fields of struct rte_ring, from the header's end. */
  static final int FLAGS_AT = 32;

  static final int SIZE_AT = 48;
  static final int MASK_AT = 52;
  static final int CAPACITY_AT = 56;

  /** In cache lines. */
  static final int PROD_LINES = 2;

  static final int CONS_LINES = 4;
  static final int STRUCT_LINES = 6;

  /** Within prod and cons. */
  static final int HEAD = 0;

  static final int TAIL = 4;
  static final int SYNC = 8;

  private static final byte[] MAGIC = "RTERING\0".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int SYNC_MT = 0;
  private static final int SYNC_ST = 1;
  private static final int FLAGS_SP_ENQ_SC_DEQ = 3;
  private static final int MAX_LINE_BYTES = 128;
  private static final int MAX_STRUCT_BYTES = STRUCT_LINES * MAX_LINE_BYTES;
  private static final int INDEX_BYTES = 8;
  private static final int SLOT_BYTES = 64;

  private final String spec;
  private final Segment segment;
  private final long offset; // of the header
  private final boolean producer;
  private final int count;
  private final int capacity;
  private final boolean multi;
  private final boolean index;
  private final int elementBytes;
  private final long table; // of its first slot
  private long mine; // where this side's head and tail are
  private long theirs;
  private long elements;
  private int head; // of the element that is claimed, or of the next one
  private int seen; // the other side's tail as it was last loaded
  private long done; // elements that this producer put into the table

  /** The ring whose header is at {@code offset}, with {@code count} slots. Nothing is touched. */
  RteRing(String spec, Segment segment, long offset, int count, RingWords words, boolean producer) {
    this.spec = spec;
    this.segment = segment;
    this.offset = offset;
    this.producer = producer;
    this.count = count;
    this.capacity = count - 1;
    this.multi = words.multi();
    this.index = words.index();
    this.elementBytes = elementBytes(index);
    this.table = offset + HEADER_BYTES + room(count, index);
  }

  /** What a ring takes of the segment: header, ring and table; enough for either cache line. */
  static long bytes(int count, boolean index) {
    return HEADER_BYTES + room(count, index) + (index ? 2L * count * SLOT_BYTES : 0);
  }

  private static long room(int count, boolean index) {
    return roundUp(MAX_STRUCT_BYTES + (long) count * elementBytes(index), MAX_LINE_BYTES);
  }

  private static int elementBytes(boolean index) {
    return index ? INDEX_BYTES : Descriptor.BYTES;
  }

  private static long roundUp(long bytes, int unit) {
    return (bytes + unit - 1) / unit * unit;
  }

  /** Makes the ring, in memory that is all zero. */
  void create(String name, int start) {
    int line = System.getProperty("os.arch").equals("aarch64") ? 128 : 64; // as Debian builds DPDK
    int sync = multi ? SYNC_MT : SYNC_ST;
    ByteBuffer made = copyBuffer(new byte[HEADER_BYTES + MAX_STRUCT_BYTES]);
    made.put(MAGIC);
    made.putInt(VERSION_AT, VERSION);
    made.putInt(LINE_AT, line);
    made.putInt(ELEMENT_BYTES_AT, elementBytes);
    made.putInt(COUNT_AT, count);
    made.putInt(SYNC_TYPE_AT, sync);
    made.putInt(TABLE_SLOTS_AT, tableSlots());
    made.putLong(RING_BYTES_AT, ringBytes(line));
    made.position(HEADER_BYTES);
    made.put(name.getBytes(StandardCharsets.US_ASCII));
    made.putInt(HEADER_BYTES + FLAGS_AT, multi ? 0 : FLAGS_SP_ENQ_SC_DEQ);
    made.putInt(HEADER_BYTES + SIZE_AT, count);
    made.putInt(HEADER_BYTES + MASK_AT, count - 1);
    made.putInt(HEADER_BYTES + CAPACITY_AT, capacity);
    for (int side : new int[] {PROD_LINES, CONS_LINES}) {
      int at = HEADER_BYTES + side * line;
      made.putInt(at + HEAD, start);
      made.putInt(at + TAIL, start);
      made.putInt(at + SYNC, sync);
    }
    segment.put(offset, made.array(), 0, HEADER_BYTES + STRUCT_LINES * line);
  }

  /**
   * Checks the ring against the SPEC, and begins where it stands.
   *
   * @throws LayoutException EBADMSG with the rule's name: {@code RING_MAGIC RING_VERSION RING_LINE
   *     RING_ELEMENT RING_COUNT RING_BYTES RING_SIZE RING_SYNC RING_COUNTERS}
   */
  void open() {
    byte[] copy = new byte[HEADER_BYTES + MAX_STRUCT_BYTES];
    segment.get(offset, copy, 0, copy.length);
    int line = check(copy);
    long ring = offset + HEADER_BYTES;
    mine = ring + (producer ? PROD_LINES : CONS_LINES) * line;
    theirs = ring + (producer ? CONS_LINES : PROD_LINES) * line;
    elements = ring + STRUCT_LINES * line;
    head = segment.getIntAcquire(mine + TAIL);
    seen = segment.getIntAcquire(theirs + TAIL);
  }

  private int check(byte[] copy) {
    ByteBuffer ring = copyBuffer(copy);
    require(Arrays.equals(copy, 0, MAGIC.length, MAGIC, 0, MAGIC.length), "RING_MAGIC", "no ring");
    int version = ring.getInt(VERSION_AT);
    require(version == VERSION, "RING_VERSION", version + ", and this peer knows " + VERSION);
    int line = ring.getInt(LINE_AT);
    require(line == 64 || line == 128, "RING_LINE", line + " bytes");
    int saidBytes = ring.getInt(ELEMENT_BYTES_AT);
    require(saidBytes == elementBytes, "RING_ELEMENT", saidBytes + " bytes, not " + elementBytes);
    int said = ring.getInt(COUNT_AT);
    require(said == count, "RING_COUNT", said + " slots, not " + count);
    int slots = ring.getInt(TABLE_SLOTS_AT);
    require(slots == tableSlots(), "RING_COUNT", slots + " slots in its table");
    long bytes = ring.getLong(RING_BYTES_AT);
    require(bytes == ringBytes(line), "RING_BYTES", bytes + ", not " + ringBytes(line));
    require(
        ring.getInt(HEADER_BYTES + SIZE_AT) == count
            && ring.getInt(HEADER_BYTES + MASK_AT) == count - 1
            && ring.getInt(HEADER_BYTES + CAPACITY_AT) == capacity,
        "RING_SIZE",
        "size, mask or capacity of the rte_ring does not fit " + count + " slots");
    int sync = multi ? SYNC_MT : SYNC_ST;
    int prod = HEADER_BYTES + PROD_LINES * line;
    int cons = HEADER_BYTES + CONS_LINES * line;
    require(
        ring.getInt(SYNC_TYPE_AT) == sync
            && ring.getInt(prod + SYNC) == sync
            && ring.getInt(cons + SYNC) == sync,
        "RING_SYNC",
        "its sync types are not " + sync + ": both sides need the same --channel");
    int waiting = ring.getInt(prod + TAIL) - ring.getInt(cons + TAIL);
    require(fits(waiting), "RING_COUNTERS", Integer.toUnsignedString(waiting) + " elements wait");
    return line;
  }

  private void require(boolean holds, String rule, String what) {
    if (!holds) {
      throw new LayoutException("ring", spec, Errno.EBADMSG, rule, what);
    }
  }

  private static ByteBuffer copyBuffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int tableSlots() {
    return index ? 2 * count : 0;
  }

  private long ringBytes(int line) {
    return roundUp((long) STRUCT_LINES * line + (long) count * elementBytes, line);
  }

  private boolean fits(int elementsBetween) {
    return Integer.compareUnsigned(elementsBetween, capacity) <= 0;
  }

  /** What a claim came to. */
  enum Claim {
    CLAIMED,
    /** Full for a producer, empty for a consumer. */
    NONE,
    /** The counters do not fit. */
    BROKEN
  }

  /** Moves this side's head over the next element, if there is room for it or if it is there. */
  Claim claim() {
    return multi ? claimAmongMany() : claimAlone();
  }

  private Claim claimAlone() {
    if (available() == 0) {
      seen = segment.getIntAcquire(theirs + TAIL);
      int available = available();
      if (available == 0) {
        return Claim.NONE;
      }
      if (!fits(available)) {
        return Claim.BROKEN;
      }
    }
    segment.putInt(mine + HEAD, head + 1);
    return Claim.CLAIMED;
  }

  private Claim claimAmongMany() {
    while (true) {
      head = segment.getIntAcquire(mine + HEAD);
      seen = segment.getIntAcquire(theirs + TAIL);
      int available = available();
      if (available == 0) {
        return Claim.NONE;
      }
      if (!fits(available)) {
        if (segment.getIntAcquire(mine + HEAD) == head) {
          return Claim.BROKEN;
        }
        continue; // others went on between the two loads
      }
      if (segment.compareAndSetInt(mine + HEAD, head, head + 1)) {
        return Claim.CLAIMED;
      }
    }
  }

  /** Free slots for a producer, waiting elements for a consumer. */
  private int available() {
    return (producer ? capacity : 0) + seen - head;
  }

  /** Stores the claimed element. */
  void put(Descriptor descriptor) {
    if (!index) {
      descriptor.encode(segment, element());
      return;
    }
    // Twice as many slots as the ring has: the consumer may still be copying what it has dequeued.
    long slot = done++ & 2L * count - 1;
    descriptor.encode(segment, table + slot * SLOT_BYTES);
    segment.putLong(element(), slot);
  }

  /**
   * Copies the claimed element out.
   *
   * @throws LayoutException EBADMSG {@code RING_INDEX}
   */
  void take(Descriptor into) {
    if (!index) {
      into.decode(segment, element());
      return;
    }
    long slot = segment.getLong(element());
    if (Long.compareUnsigned(slot, 2L * count) >= 0) {
      throw new LayoutException(
          "ring", spec, Errno.EBADMSG, "RING_INDEX", Long.toUnsignedString(slot) + " is no slot");
    }
    into.decode(segment, table + slot * SLOT_BYTES);
  }

  private long element() {
    return elements + (long) (head & count - 1) * elementBytes;
  }

  /**
   * Moves this side's tail over the claimed element, with release. False: another one, of those who
   * have claimed before, has not done so yet.
   */
  boolean publish() {
    if (multi && segment.getIntAcquire(mine + TAIL) != head) {
      return false;
    }
    head++;
    segment.putIntRelease(mine + TAIL, head);
    return true;
  }
}
