// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import io.github.shmbed.cases.Case;
import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.Coded;
import io.github.shmbed.cases.Exchange;
import io.github.shmbed.cases.Framed;
import io.github.shmbed.cases.FramedExchange;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.result.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Measures one pairing over one channel: the first message of fresh processes (cold), many messages
 * (warm), and the first message in new segments by processes that have run before (first-touch).
 * Every exchange is checked like any other cell's.
 *
 * @param channel how the messages are announced
 * @param content what a message is
 * @param count measured messages; with 1 there is the cold message only
 * @param warmup messages before the measured ones
 * @param window messages on the way at most
 */
public final class PairMeasurement implements Case {
  /** New segments for the first-touch column, of which the one in the middle is shown. */
  private static final int NEW_SEGMENTS = 9;

  private final ChannelKind channel;
  private final FramedExchange.Content content;
  private final int count;
  private final int warmup;
  private final int window;

  private Sample cold;
  private Warm warm;
  private Sample firstTouch;

  public PairMeasurement(
      ChannelKind channel, FramedExchange.Content content, int count, int warmup, int window) {
    this.channel = channel;
    this.content = content;
    this.count = count;
    this.warmup = warmup;
    this.window = window;
  }

  @Override
  public String name() {
    return channel.id()
        + "-"
        + count
        + "x"
        + (content.isValues()
            ? content.codec() + "-" + content.shape()
            : content.sizeBytes() + "B");
  }

  @Override
  public String title() {
    return count + " measured messages over " + channel.title();
  }

  @Override
  public String description() {
    return "One message by fresh processes"
        + (count == 1
            ? "."
            : ", then "
                + warmup
                + " messages to warm up and "
                + count
                + " measured ones, then one message in each of "
                + NEW_SEGMENTS
                + " new segments.");
  }

  @Override
  public String expectation() {
    return "Every message arrives once, in order and byte for byte, and the stages add up to what"
        + " end to end took.";
  }

  @Override
  public String layout() {
    return "framed";
  }

  @Override
  public boolean usesCleaner() {
    return false;
  }

  @Override
  public Optional<ChannelKind> announcedOver() {
    return Optional.of(channel);
  }

  @Override
  public Optional<String> missing(Peer writer, Peer reader) {
    return content.isValues()
        ? new Coded(content.codec(), content.shape(), channel).missing(writer, reader)
        : Framed.one(channel).missing(writer, reader);
  }

  @Override
  public void run(Exchange exchange) throws CellFailure, IOException {
    cold = exchange(exchange, 1, 0, 1);
    if (count == 1) {
      return;
    }
    warm = warm(exchange(exchange, count, warmup, window));
    List<Sample> touches = new ArrayList<>();
    for (int i = 0; i < NEW_SEGMENTS; i++) {
      touches.add(exchange(exchange, 1, 0, 1));
    }
    touches.sort(Comparator.comparingDouble(sample -> sample.firstMessage().endToEndNs()));
    firstTouch = touches.get(NEW_SEGMENTS / 2);
  }

  private Sample exchange(Exchange exchange, int measured, int before, int onTheWay)
      throws CellFailure, IOException {
    long all = (long) measured + before;
    Messages stream =
        content.isValues()
            ? new ValueStream(content, all)
            : new MessageStream(content.sizeBytes(), all);
    Path payload = stream.payload(exchange);
    FramedExchange.Done done =
        exchange.together(
            new FramedExchange(
                channel,
                payload,
                content,
                measured,
                before,
                onTheWay,
                stream.isWrittenDown(),
                true));
    stream.require(exchange, payload, done);
    try {
      return new Sample(
          done.writer(),
          done.reader(),
          Traces.read(done.writerTrace(), done.readerTrace(), measured, content.isValues()),
          !channel.carriesPayload());
    } catch (IOException e) {
      throw new CellFailure(Outcome.ERROR, "no trace: " + e.getMessage());
    }
  }

  private static Warm warm(Sample sample) throws CellFailure {
    try {
      return new Warm(sample);
    } catch (IllegalArgumentException e) {
      throw new CellFailure(Outcome.ERROR, e.getMessage());
    }
  }

  public ChannelKind channel() {
    return channel;
  }

  public FramedExchange.Content content() {
    return content;
  }

  public int count() {
    return count;
  }

  public int warmup() {
    return warmup;
  }

  public int window() {
    return window;
  }

  /** The first message of fresh processes; empty when it did not arrive. */
  public Optional<Sample> cold() {
    return Optional.ofNullable(cold);
  }

  /** The measured messages; empty with count 1, and when they did not arrive. */
  public Optional<Warm> warm() {
    return Optional.ofNullable(warm);
  }

  /** The message in the middle of those in new segments; empty likewise. */
  public Optional<Sample> firstTouch() {
    return Optional.ofNullable(firstTouch);
  }

  /** Whether all was measured that was asked for. */
  public boolean isComplete() {
    return cold != null && (count == 1 || firstTouch != null);
  }

  /** Why the run is INVALID, in words; empty when it is valid. */
  public List<String> faults() {
    List<String> faults = new ArrayList<>();
    cold().ifPresent(one -> addFaults(faults, "cold", one.firstMessage().faults()));
    firstTouch().ifPresent(one -> addFaults(faults, "first-touch", one.firstMessage().faults()));
    warm().ifPresent(one -> addFaults(faults, "warm", one.faults()));
    return faults;
  }

  private static void addFaults(List<String> faults, String column, List<String> found) {
    found.forEach(fault -> faults.add(column + ": " + fault));
  }
}
