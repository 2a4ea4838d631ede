// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.TestNames;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rings in a segment, ours and, where DPDK is installed, its own on the same bytes. */
class RteRingTest {
  private static final int AT = 128;
  private static final int RING = AT + RteRing.HEADER_BYTES;
  private static final long JUST_BEFORE_2_32 = 4_294_967_290L;
  private static final long NS_PER_MS = 1_000_000;

  private final String name = TestNames.name();
  private final PosixSegment segment = PosixSegment.createExclusively(name, 1 << 20, 0600);

  @AfterEach
  void remove() {
    segment.close();
    PosixSegment.unlink(name);
  }

  private RteRing made(RingWords words) {
    RteRing ring = ring(words, true);
    ring.create("shmbed.r", words.start());
    ring.open();
    return ring;
  }

  private RteRing ring(RingWords words, boolean producer) {
    return new RteRing("rtering", segment, AT, words.count(), words, producer);
  }

  private RteRing opened(RingWords words, boolean producer) {
    RteRing ring = ring(words, producer);
    ring.open();
    return ring;
  }

  /** Where a part of the ring begins that was made here, with whatever cache line. */
  private int part(String part) {
    int line = segment.getInt(AT + RteRing.LINE_AT);
    switch (part) {
      case "header":
        return AT;
      case "prod":
        return RING + RteRing.PROD_LINES * line;
      case "cons":
        return RING + RteRing.CONS_LINES * line;
      case "elements":
        return RING + RteRing.STRUCT_LINES * line;
      default:
        return RING;
    }
  }

  private static Descriptor descriptor(long seq) {
    Descriptor descriptor = new Descriptor();
    descriptor.set(seq, seq * 3, -seq, ~seq, (int) seq, 1);
    descriptor.setSentNs(seq << 20);
    return descriptor;
  }

  private static boolean enqueue(RteRing ring, Descriptor descriptor) {
    if (ring.claim() != RteRing.Claim.CLAIMED) {
      return false;
    }
    ring.put(descriptor);
    while (!ring.publish()) {
      Thread.yield();
    }
    return true;
  }

  private static boolean dequeue(RteRing ring, Descriptor into) {
    if (ring.claim() != RteRing.Claim.CLAIMED) {
      return false;
    }
    ring.take(into);
    while (!ring.publish()) {
      Thread.yield();
    }
    return true;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mp", "index", "mp,index"})
  void aRingHoldsOneLessThanItsSlotsAndGoesOverTheEndOf32Bits(String what) {
    RingWords words =
        RingWords.parse((what.isEmpty() ? "" : what + ",") + "count=8,start=" + JUST_BEFORE_2_32);
    RteRing producer = made(words);
    RteRing consumer = opened(words, false);
    Descriptor into = new Descriptor();
    long taken = 0;
    for (long put = 0; put < 100; ) {
      assertEquals(RteRing.Claim.NONE, consumer.claim());
      for (int i = 0; i < 7; i++) {
        assertTrue(enqueue(producer, descriptor(++put)));
      }
      assertEquals(RteRing.Claim.NONE, producer.claim());
      while (dequeue(consumer, into)) {
        assertEquals(++taken, into.seq());
        assertEquals(~taken, into.generation());
      }
      assertEquals(put, taken);
    }
  }

  @Test
  void aRingTakesOfTheSegmentWhatTheContractSays() {
    assertEquals(128 + 768 + 64 * 48, RteRing.bytes(64, false));
    assertEquals(128 + 768 + 64 * 8 + 128 * 64, RteRing.bytes(64, true));
    assertEquals(2 * (128 + 768 + 64 * 48), ChannelKind.RTERING.blockBytes("rtering"));
    assertEquals(0, ChannelKind.UNIX.blockBytes("unix:/x"));
  }

  @ParameterizedTest
  @CsvSource({
    "RING_MAGIC, header, 0, 1",
    "RING_VERSION, header, 8, 2",
    "RING_LINE, header, 12, 63",
    "RING_LINE, header, 12, -64",
    "RING_ELEMENT, header, 16, 8",
    "RING_COUNT, header, 20, 128",
    "RING_COUNT, header, 20, 0",
    "RING_SYNC, header, 24, 0",
    "RING_COUNT, header, 28, 128",
    "RING_BYTES, header, 32, 1",
    "RING_SIZE, ring, 48, 128",
    "RING_SIZE, ring, 52, -1",
    "RING_SIZE, ring, 56, 64",
    "RING_COUNTERS, prod, 4, 64",
    "RING_SYNC, prod, 8, 0",
    "RING_COUNTERS, cons, 4, 1",
    "RING_SYNC, cons, 8, 2"
  })
  void aRingThatLiesIsANamedErrorWhenItIsOpened(String rule, String part, int at, int value) {
    RingWords words = RingWords.parse("");
    made(words);
    segment.putInt(part(part) + at, value);
    LayoutException lie = assertThrows(LayoutException.class, ring(words, false)::open);
    assertEquals(rule, lie.rule());
    assertEquals("ring", lie.part());
    assertEquals("EBADMSG", lie.errnoName());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp", "index", "count=128"})
  void anotherSpecThanTheWritersIsANamedError(String words) {
    made(RingWords.parse(""));
    assertThrows(LayoutException.class, ring(RingWords.parse(words), false)::open);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mp"})
  void countersThatDoNotFitLaterAreFoundOut(String what) {
    RingWords words = RingWords.parse(what);
    RteRing producer = made(words);
    RteRing consumer = opened(words, false);
    segment.putInt(part("prod") + RteRing.TAIL, 64);
    assertEquals(RteRing.Claim.BROKEN, consumer.claim());
    for (int i = 0; i < 63; i++) {
      segment.putInt(part("prod") + RteRing.TAIL, i);
      assertTrue(enqueue(producer, descriptor(1)));
    }
    segment.putInt(part("cons") + RteRing.TAIL, 64);
    assertEquals(RteRing.Claim.BROKEN, producer.claim());
  }

  @Test
  void anElementThatLeadsOutOfTheTableIsANamedError() {
    RingWords words = RingWords.parse("index");
    RteRing producer = made(words);
    RteRing consumer = opened(words, false);
    assertTrue(enqueue(producer, descriptor(1)));
    segment.putLong(part("elements"), 128);
    assertEquals(RteRing.Claim.CLAIMED, consumer.claim());
    LayoutException lie =
        assertThrows(LayoutException.class, () -> consumer.take(new Descriptor()));
    assertEquals("RING_INDEX", lie.rule());
  }

  private Channel channel(String spec, boolean writer, long deadlineMs) {
    return ChannelKind.RTERING.channel(
        new ChannelContext(
            spec,
            ChannelKind.address(spec),
            writer,
            0600,
            segment,
            AT,
            System.nanoTime() + deadlineMs * NS_PER_MS));
  }

  @Test
  void aFullRingAndAConsumerThatDoesNotComeEndAtTheDeadlineAndAWriterThatGoesIsEpipe() {
    Channel writer = channel("rtering:count=4", true, 50);
    writer.create();
    writer.open();
    for (int i = 1; i <= 3; i++) {
      writer.send(descriptor(i));
    }
    NativeCallException late =
        assertThrows(NativeCallException.class, () -> writer.send(descriptor(4)));
    assertEquals("ring: ETIMEDOUT", late.call() + ": " + late.errnoName());
    Channel reader = channel("rtering:count=4", false, 10_000);
    reader.open();
    FramedHeader.publishState(segment, FramedHeader.STATE_CLOSED);
    Descriptor into = new Descriptor();
    long deadline = System.nanoTime() + 10_000 * NS_PER_MS;
    for (int i = 1; i <= 3; i++) {
      reader.receive(into, deadline); // what was sent before the writer went is there
      assertEquals(i, into.seq());
    }
    NativeCallException gone =
        assertThrows(NativeCallException.class, () -> reader.receive(into, deadline));
    assertEquals("EPIPE", gone.errnoName());
  }

  @Test
  void aProducerThatDiedBetweenHeadAndTailStopsTheOthersNoLongerThanToTheDeadline() {
    Channel writer = channel("rtering:mp", true, 50);
    writer.create();
    writer.open();
    segment.putInt(part("prod") + RteRing.HEAD, 1); // and that was all it did
    NativeCallException late =
        assertThrows(NativeCallException.class, () -> writer.send(descriptor(1)));
    assertEquals("ETIMEDOUT", late.errnoName());
  }

  @Test
  void offsetsAreThoseOfTheDpdkThatIsInstalled() {
    DpdkRing.assumeInstalled();
    int[] layout = DpdkRing.layout();
    int line = layout[layout.length - 1];
    int prod = RteRing.PROD_LINES * line;
    int cons = RteRing.CONS_LINES * line;
    assertArrayEquals(
        new int[] {
          RteRing.FLAGS_AT,
          40, // memzone, which stays NULL
          RteRing.SIZE_AT,
          RteRing.MASK_AT,
          RteRing.CAPACITY_AT,
          prod + RteRing.HEAD,
          prod + RteRing.TAIL,
          prod + RteRing.SYNC,
          cons + RteRing.HEAD,
          cons + RteRing.TAIL,
          cons + RteRing.SYNC,
          RteRing.STRUCT_LINES * line,
          line
        },
        layout);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mp"})
  void aRingMadeHereHasTheBytesOfOneMadeByDpdk(String what) {
    DpdkRing.assumeInstalled();
    RingWords words = RingWords.parse(what + (what.isEmpty() ? "" : ",") + "start=7");
    made(words);
    byte[] ours = new byte[(int) RteRing.bytes(words.count(), false)];
    segment.get(RING, ours, 0, ours.length - RteRing.HEADER_BYTES);
    segment.fill(RING, ours.length - RteRing.HEADER_BYTES, (byte) 0);
    DpdkRing dpdk = new DpdkRing(segment.addressOf(RING, 1), words);
    assertEquals(segment.getLong(AT + RteRing.RING_BYTES_AT), dpdk.bytes());
    assertEquals(0, dpdk.create("shmbed.r", 7));
    byte[] theirs = new byte[ours.length];
    segment.get(RING, theirs, 0, theirs.length - RteRing.HEADER_BYTES);
    assertArrayEquals(theirs, ours);
  }

  /** Enqueues or dequeues one element without waiting; false when there is no room or nothing. */
  private interface End {
    boolean attempt(Descriptor descriptor);
  }

  private End end(RingWords words, boolean dpdk, boolean producer) {
    if (dpdk) {
      DpdkRing ring = new DpdkRing(segment.addressOf(RING, 1), words);
      return producer ? ring::enqueue : ring::dequeue;
    }
    RteRing ring = opened(words, producer);
    return producer ? one -> enqueue(ring, one) : one -> dequeue(ring, one);
  }

  private static <T> FutureTask<T> inThread(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  @ParameterizedTest(name = "producers with DPDK {0}, consumers with DPDK {1}, words {2}")
  @CsvSource({
    "1, 0, ''",
    "0, 1, ''",
    "1, 0, mp",
    "0, 1, mp",
    "00, 0, mp",
    "01, 01, mp",
    "0011, 01, mp",
    "111, 0, mp"
  })
  void whatSomeEnqueueOthersDequeueOnceAndInEachOnesOrder(
      String producers, String consumers, String what) throws Exception {
    if ((producers + consumers).contains("1")) {
      DpdkRing.assumeInstalled();
    }
    int each = 100_000 / producers.length();
    int total = each * producers.length();
    String start = "count=16,start=" + (JUST_BEFORE_2_32 - total / 2);
    RingWords words = RingWords.parse(what + (what.isEmpty() ? "" : ",") + start);
    made(words);
    AtomicInteger left = new AtomicInteger(total);
    List<FutureTask<long[]>> readers = new ArrayList<>();
    for (char dpdk : consumers.toCharArray()) {
      End end = end(words, dpdk == '1', false);
      readers.add(inThread(() -> consume(end, producers.length(), left)));
    }
    List<FutureTask<Void>> writers = new ArrayList<>();
    for (int i = 0; i < producers.length(); i++) {
      End end = end(words, producers.charAt(i) == '1', true);
      int own = i;
      writers.add(inThread(() -> produce(end, own, each)));
    }
    for (FutureTask<Void> writer : writers) {
      writer.get(60, TimeUnit.SECONDS);
    }
    long[] sums = new long[producers.length()];
    for (FutureTask<long[]> reader : readers) {
      long[] seen = reader.get(60, TimeUnit.SECONDS);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += seen[i];
      }
    }
    for (long sum : sums) {
      assertEquals((long) each * (each + 1) / 2, sum, "each element of a producer once");
    }
  }

  private static Void produce(End end, int own, int each) {
    Descriptor descriptor = new Descriptor();
    for (long seq = 1; seq <= each; seq++) {
      descriptor.set(seq, own, ~seq, seq * 31, (int) seq, own);
      while (!end.attempt(descriptor)) {
        Thread.yield();
      }
    }
    return null;
  }

  /** The sums of the numbers of what came from each producer; their order is checked on the way. */
  private static long[] consume(End end, int producers, AtomicInteger left) {
    long[] sums = new long[producers];
    long[] last = new long[producers];
    Descriptor into = new Descriptor();
    while (left.get() > 0) {
      if (!end.attempt(into)) {
        Thread.yield();
        continue;
      }
      left.decrementAndGet();
      int from = (int) into.offset();
      assertFalse(into.seq() <= last[from], "in order");
      assertEquals(~into.seq(), into.length(), "whole");
      assertEquals(into.seq() * 31, into.generation(), "whole");
      assertEquals(from, into.flags(), "whole");
      last[from] = into.seq();
      sums[from] += into.seq();
    }
    return sums;
  }
}
