// SPDX-License-Identifier: Apache-2.0
// The writer of the framed layout: create, size, reserve, attach, then write (or encode) and notify
// for each message, detach, remove.
package io.github.shmbed.peer;

import io.github.shmbed.channel.Channel;
import io.github.shmbed.channel.ChannelContext;
import io.github.shmbed.channel.ChannelKind;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.Creator;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.Segment;
import java.io.IOException;
import java.security.SecureRandom;

/** Runs one framed writer. */
final class FramedWriter {
  private static final long MAX_MESSAGE_BYTES = 1L << 43;

  private final Options options;
  private final Result result;
  private final SegmentStages stages;
  private final long deadlineNs;
  private final ChannelKind kind;
  private final MessageLedger ledger;

  FramedWriter(Result result, SegmentStages stages, long deadlineNs) {
    this.result = result;
    this.options = result.options();
    this.stages = stages;
    this.deadlineNs = deadlineNs;
    this.kind = ChannelKind.of(options.channel());
    this.ledger =
        new MessageLedger(
            options.traceStamps(),
            options.shape() == null ? Stage.WRITE : Stage.ENCODE,
            Stage.NOTIFY,
            Stage.ROUND_TRIP);
  }

  void run() throws IOException {
    if (options.shape() != null) {
      ValueMessages values = new ValueMessages(options);
      run(values.slotBytes(), -1, null, values);
      setDigests(values);
    } else {
      try (Messages messages = new Messages(options, kind.carriesPayload())) {
        run(messages.sizeBytes(), messages.sizeBytes(), messages, null);
        setDigest(digest(messages));
      }
    }
    TraceFile.write(options, ledger);
  }

  /**
   * All of it, of messages that are bytes or of messages that are values: one of the two is null.
   */
  private void run(long slotBytes, long messageBytes, Messages messages, ValueMessages values)
      throws IOException {
    FramedHeader header = plan(slotBytes);
    result.setSegment(header.segmentSizeBytes(), messageBytes);
    try (Segment segment = stages.create(header.segmentSizeBytes(), header.usedBytes(), false)) {
      segment.put(0, header.toBytes(), 0, FramedHeader.BYTES);
      exchange(segment, header, messages, values);
      stages.detach(segment);
    }
    stages.remove();
    stages.keep();
  }

  private void setDigest(Digest digest) {
    String length = ", msg length=" + digest.lengthBytes();
    result.ledger().say("Writing to shmem: " + stages.description() + length);
    result.setDigest(digest);
  }

  private FramedHeader plan(long messageBytes) {
    if (messageBytes > MAX_MESSAGE_BYTES) {
      throw tooLarge("a message of more than 2^43 bytes");
    }
    long generation;
    do {
      generation = new SecureRandom().nextLong();
    } while (generation == 0);
    FramedHeader needed =
        FramedHeader.plan(
            messageBytes,
            options.window(),
            kind.blockBytes(options.channel()),
            generation,
            Creator.self());
    long given = options.segmentSizeBytes();
    if (given == 0) {
      return needed;
    }
    if (given < needed.segmentSizeBytes()) {
      throw tooLarge(
          "header and slots take " + needed.segmentSizeBytes() + " bytes: raise --segment-size");
    }
    return needed.withSegmentSize(given);
  }

  private LayoutException tooLarge(String what) {
    String object = options.payload().toString();
    return new LayoutException("header", object, Errno.EMSGSIZE, "SEGMENT_SIZE", what);
  }

  /** From the channel's creation to its end; whatever happens, the reader sees the state closed. */
  private void exchange(
      Segment segment, FramedHeader header, Messages messages, ValueMessages values)
      throws IOException {
    Runnable closing = () -> publishClosed(segment);
    Undo.add(closing);
    try {
      exchangeOpenly(segment, header, messages, values);
    } catch (RuntimeException | IOException | Error failed) {
      abandon(segment, failed);
      throw failed;
    } finally {
      Undo.drop(closing); // the segment is detached after this
    }
    publishClosed(segment);
  }

  /** A failed side tells the other one, which may look at nothing but the state. */
  static void abandon(Segment segment, Throwable failed) {
    try {
      publishClosed(segment);
    } catch (NativeCallException gone) {
      failed.addSuppressed(gone);
    }
  }

  private static void publishClosed(Segment segment) {
    FramedHeader.publishState(segment, FramedHeader.STATE_CLOSED);
    segment.settle();
  }

  private void exchangeOpenly(
      Segment segment, FramedHeader header, Messages messages, ValueMessages values)
      throws IOException {
    try (Channel channel = kind.channel(context(segment, header))) {
      Undo.add(channel::unlink);
      channel.create();
      FramedHeader.publishState(segment, FramedHeader.STATE_READY);
      result.enter(Stage.WAIT);
      channel.open();
      new SendLoop(result, ledger, channel, segment, header, messages, values, deadlineNs).run();
      result.setProof(channel.proof());
    }
  }

  private ChannelContext context(Segment segment, FramedHeader header) {
    return new ChannelContext(
        options.channel(),
        ChannelKind.address(options.channel()),
        true,
        options.mode(),
        segment,
        header.channelOffset(),
        deadlineNs);
  }

  /** What the reader must have seen, and the values that it must have decoded. */
  private void setDigests(ValueMessages values) {
    Digest payload = new Digest(options.verify());
    Digest images = new Digest(options.verify());
    int imageBytes = options.shape().imageBytes();
    for (long index = 0; index < options.warmup() + options.count(); index++) {
      byte[] message = values.message(index);
      payload.add(message, message.length);
      images.add(values.image(index).array(), values.image(index).position(), imageBytes);
    }
    setDigest(payload);
    result.setValues(images);
  }

  /** What the reader must have seen, in order. Outside the ledger. */
  private Digest digest(Messages messages) throws IOException {
    Digest digest = new Digest(options.verify());
    if (!options.verify()) {
      digest.count((options.warmup() + options.count()) * messages.sizeBytes());
      return digest;
    }
    for (long index = 0; index < options.warmup() + options.count(); index++) {
      for (long done = 0; done < messages.sizeBytes(); ) {
        int length = messages.load(index, done);
        digest.add(messages.bytes(), messages.from(index, done), length);
        done += length;
      }
    }
    return digest;
  }
}
