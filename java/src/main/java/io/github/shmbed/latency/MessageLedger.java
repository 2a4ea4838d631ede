// SPDX-License-Identifier: Apache-2.0
// What the stages of many messages took: histograms, the first message apart, time stamps, and what
// the loop cost the process.
package io.github.shmbed.latency;

import io.github.shmbed.libc.ResourceUsage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import org.HdrHistogram.Histogram;

/**
 * Durations in ns of the stages that happen once per message (peers/CONTRACT.md, section 9). All
 * memory is taken by the constructor; recording allocates nothing. Not thread-safe.
 */
public final class MessageLedger {
  /** A longer time is recorded as this one: an hour. */
  private static final long MAX_NS = 3_600_000_000_000L;

  private static final int DIGITS = 3;
  private static final int CLOCK_PAIRS = 1001;

  private final Histogram[] histograms = new Histogram[Stage.values().length];
  private final long[] firstNs = new long[histograms.length];
  private final boolean[] hasFirst = new boolean[histograms.length];
  private final long[] newestNs = new long[histograms.length];
  private final long[] trace;
  private final long clockPairNs;
  private int traced;
  private long negative;
  private ResourceUsage before;
  private ResourceUsage usage;

  /**
   * A ledger for stages.
   *
   * @param stamps time stamps to keep: three or four for each measured message, or 0
   */
  public MessageLedger(int stamps, Stage... stages) {
    for (Stage stage : stages) {
      histograms[stage.ordinal()] = new Histogram(MAX_NS, DIGITS);
    }
    trace = new long[stamps];
    clockPairNs = clockPair();
    before = ResourceUsage.now(); // so that begin has nothing left to load
  }

  /** The first measured message begins. */
  public void begin() {
    before = ResourceUsage.now();
  }

  /** The last one has come to its end. */
  public void end() {
    usage = ResourceUsage.now().since(before);
  }

  /**
   * Records one stage of one message.
   *
   * @param first whether it is this process's first message
   * @param measured whether it counts: not in the warm-up
   * @param ns may be negative, which is counted and not clamped
   */
  public void record(Stage stage, boolean first, boolean measured, long ns) {
    int index = stage.ordinal();
    if (first) {
      firstNs[index] = ns;
      hasFirst[index] = true;
    }
    if (!measured) {
      return;
    }
    newestNs[index] = ns;
    if (ns < 0) {
      negative++;
    } else {
      histograms[index].recordValue(Math.min(ns, MAX_NS));
    }
  }

  /** Keeps three time stamps of a measured message, if they are asked for. */
  public void trace(long aNs, long bNs, long cNs) {
    if (traced < trace.length) {
      trace[traced++] = aNs;
      trace[traced++] = bNs;
      trace[traced++] = cNs;
    }
  }

  /** The same with four, of messages that are values. */
  public void trace(long aNs, long bNs, long cNs, long dNs) {
    trace(aNs, bNs, cNs);
    if (traced < trace.length) {
      trace[traced++] = dNs;
    }
  }

  /** Whether measured messages had this stage. */
  public boolean has(Stage stage) {
    Histogram histogram = histograms[stage.ordinal()];
    return histogram != null && (histogram.getTotalCount() > 0 || newestNs[stage.ordinal()] < 0);
  }

  /** The one measured message's time, or the median of several. */
  public long typicalNs(Stage stage, long count) {
    return count == 1
        ? newestNs[stage.ordinal()]
        : histograms[stage.ordinal()].getValueAtPercentile(50);
  }

  /** HdrHistogram's V2 encoding, compressed, in base64. */
  public String encoded(Stage stage) {
    Histogram histogram = histograms[stage.ordinal()];
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  /** Whether the first message had this stage. */
  public boolean hasFirst(Stage stage) {
    return hasFirst[stage.ordinal()];
  }

  /** What the stage of this process's first message took. */
  public long firstNs(Stage stage) {
    return firstNs[stage.ordinal()];
  }

  /** How many values were below 0. */
  public long negative() {
    return negative;
  }

  /** What the message loop cost, null if it did not come to its end. */
  public ResourceUsage usage() {
    return usage;
  }

  /** The median time between two readings of the clock: what every measured stage contains. */
  public long clockPairNs() {
    return clockPairNs;
  }

  /** The time stamps as little-endian i64s. */
  public byte[] traceBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(traced, Long.BYTES));
    bytes.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(trace, 0, traced);
    return bytes.array();
  }

  private static long clockPair() {
    long[] pairs = new long[CLOCK_PAIRS];
    for (int i = 0; i < pairs.length; i++) {
      long begin = Ledger.nowNs();
      pairs[i] = Ledger.nowNs() - begin;
    }
    Arrays.sort(pairs);
    return pairs[pairs.length / 2];
  }
}
