// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/**
 * The time stamps of every measured message, as writer and reader wrote them down
 * (peers/CONTRACT.md section 9): ns of CLOCK_MONOTONIC, so the two sides' can be subtracted.
 */
public final class Traces {
  /** Time stamps of a message of bytes, on each side. */
  private static final int BYTES_COLUMNS = 3;

  /** Likewise of a message of values, which has an encoding and a decoding. */
  private static final int VALUES_COLUMNS = 4;

  /** The instants of a message, in the order in which they happen. */
  public enum Instant {
    /** With a message of bytes the same as {@link #WRITE_BEGUN}. */
    ENCODE_BEGUN(true, 0),
    WRITE_BEGUN(true, 1),
    WRITE_ENDED(true, 2),
    SENT(true, 3),
    RECEIVED(false, 0),
    READ_BEGUN(false, 1),
    READ_ENDED(false, 2),
    /** With a message of bytes the same as {@link #READ_ENDED}. */
    DECODE_ENDED(false, 3);

    private final boolean writer;
    private final int column; // of a message of values

    Instant(boolean writer, int column) {
      this.writer = writer;
      this.column = column;
    }
  }

  private final long[] writer;
  private final long[] reader;
  private final int columns;

  Traces(long[] writer, long[] reader, boolean values) {
    columns = values ? VALUES_COLUMNS : BYTES_COLUMNS;
    if (writer.length != reader.length || writer.length % columns != 0 || writer.length == 0) {
      throw new IllegalArgumentException(
          "traces of " + writer.length + " and " + reader.length + " time stamps");
    }
    this.writer = writer;
    this.reader = reader;
  }

  /**
   * Reads two files.
   *
   * @param values whether messages are values
   * @throws IOException when one of them is not there, or does not hold {@code count} messages
   */
  public static Traces read(Path writer, Path reader, int count, boolean values)
      throws IOException {
    int columns = values ? VALUES_COLUMNS : BYTES_COLUMNS;
    return new Traces(stamps(writer, count, columns), stamps(reader, count, columns), values);
  }

  private static long[] stamps(Path file, int count, int columns) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != (long) count * columns * Long.BYTES) {
      throw new IOException(
          file + " has " + bytes.length + " bytes in place of the trace of " + count + " messages");
    }
    long[] stamps = new long[count * columns];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(stamps);
    return stamps;
  }

  /** How many messages. */
  public int count() {
    return writer.length / columns;
  }

  /** Whether messages are values. */
  public boolean ofValues() {
    return columns == VALUES_COLUMNS;
  }

  /** One instant of a message, from 0. */
  public long at(int message, Instant instant) {
    int column = instant.column;
    if (!ofValues()) { // no encoding at the writer's begin, no decoding at the reader's end
      column = instant.writer ? Math.max(0, column - 1) : Math.min(column, BYTES_COLUMNS - 1);
    }
    return (instant.writer ? writer : reader)[message * columns + column];
  }

  /** From one instant of a message to another, ns. */
  public long between(int message, Instant from, Instant to) {
    return at(message, to) - at(message, from);
  }

  /** The times between two instants of all messages. */
  public Times between(Instant from, Instant to) {
    Times times = new Times();
    for (int message = 0; message < count(); message++) {
      times.add(between(message, from, to));
    }
    return times;
  }

  /** Messages per second, from the first one's begin to the last one's end. */
  public double perSecond() {
    return count() * 1e9 / (at(count() - 1, Instant.DECODE_ENDED) - at(0, Instant.ENCODE_BEGUN));
  }

  /**
   * Many times: a histogram of those that are not negative, and those that are. The mean is exact
   * and of all of them.
   */
  public static final class Times {
    private static final long MOST_NS = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    private final Histogram histogram = new Histogram(MOST_NS, DIGITS);
    private double sumNs;
    private long count;
    private long negative;
    private long leastNs = Long.MAX_VALUE;

    private void add(long ns) {
      sumNs += ns;
      count++;
      leastNs = Math.min(leastNs, ns);
      if (ns < 0) {
        negative++;
      } else {
        histogram.recordValue(Math.min(ns, MOST_NS));
      }
    }

    public Histogram histogram() {
      return histogram;
    }

    public double meanNs() {
      return sumNs / count;
    }

    /** How many are below 0. */
    public long negative() {
      return negative;
    }

    public long leastNs() {
      return leastNs;
    }
  }
}
