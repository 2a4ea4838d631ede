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
  private static final int COLUMNS = 3;

  /** The six instants of a message, in the order in which they happen. */
  public enum Instant {
    WRITE_BEGUN,
    WRITE_ENDED,
    SENT,
    RECEIVED,
    READ_BEGUN,
    READ_ENDED
  }

  private final long[] writer;
  private final long[] reader;

  Traces(long[] writer, long[] reader) {
    if (writer.length != reader.length || writer.length % COLUMNS != 0 || writer.length == 0) {
      throw new IllegalArgumentException(
          "traces of " + writer.length + " and " + reader.length + " time stamps");
    }
    this.writer = writer;
    this.reader = reader;
  }

  /**
   * Reads two files.
   *
   * @throws IOException when one of them is not there, or does not hold {@code count} messages
   */
  public static Traces read(Path writer, Path reader, int count) throws IOException {
    return new Traces(stamps(writer, count), stamps(reader, count));
  }

  private static long[] stamps(Path file, int count) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != (long) count * COLUMNS * Long.BYTES) {
      throw new IOException(
          file + " has " + bytes.length + " bytes in place of the trace of " + count + " messages");
    }
    long[] stamps = new long[count * COLUMNS];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(stamps);
    return stamps;
  }

  /** How many messages. */
  public int count() {
    return writer.length / COLUMNS;
  }

  /** One instant of a message, from 0. */
  public long at(int message, Instant instant) {
    int column = instant.ordinal();
    return column < COLUMNS
        ? writer[message * COLUMNS + column]
        : reader[message * COLUMNS + column - COLUMNS];
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
    return count() * 1e9 / (at(count() - 1, Instant.READ_ENDED) - at(0, Instant.WRITE_BEGUN));
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
