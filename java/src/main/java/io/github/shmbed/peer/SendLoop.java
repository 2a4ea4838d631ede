// SPDX-License-Identifier: Apache-2.0
// The writer's message loop: write (or encode) into the slot, store the sequence, send the
// descriptor, take
// acknowledgements; in a closed loop or at a fixed rate.
package io.github.shmbed.peer;

import io.github.shmbed.channel.Channel;
import io.github.shmbed.channel.PayloadChannel;
import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.Loan;
import io.github.shmbed.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sends all messages of one command (peers/CONTRACT.md, sections 7 and 9). Allocates nothing per
 * message.
 */
final class SendLoop {
  private final Result result;
  private final Options options;
  private final MessageLedger ledger;
  private final Channel channel;
  private final PayloadChannel payloadChannel; // null where the payload goes through the segment
  private final Segment segment;
  private final FramedHeader header;
  private final Messages messages; // null where messages are values
  private final ValueMessages values; // null where they are bytes
  private Loan payloads; // the slots in which values are encoded; null where there are none
  private final long deadlineNs;
  private final Rate rate; // null in a closed loop
  private final long[] sentNs; // of the messages on the way, by slot
  private final Descriptor message = new Descriptor();
  private final Descriptor acknowledgement = new Descriptor();
  private long acknowledged;

  /** A loop over an open channel. */
  SendLoop(
      Result result,
      MessageLedger ledger,
      Channel channel,
      Segment segment,
      FramedHeader header,
      Messages messages,
      ValueMessages values,
      long deadlineNs) {
    this.result = result;
    this.options = result.options();
    this.ledger = ledger;
    this.channel = channel;
    this.payloadChannel = channel instanceof PayloadChannel ? (PayloadChannel) channel : null;
    this.segment = segment;
    this.header = header;
    this.messages = messages;
    this.values = values;
    this.deadlineNs = deadlineNs;
    this.rate = options.rate() == 0 ? null : new Rate(options.rate());
    this.sentNs = new long[options.window()];
  }

  void run() throws IOException {
    if (values == null || payloadChannel != null) {
      send();
      return;
    }
    long bytes = header.slotCount() * header.slotSizeBytes();
    try (Loan loan = segment.lend(header.payloadOffset(), Math.toIntExact(bytes))) {
      payloads = loan;
      send();
    }
  }

  private void send() throws IOException {
    long total = options.warmup() + options.count();
    for (long index = 0; index < total; index++) {
      if (index == options.warmup()) {
        ledger.begin();
      }
      if (rate != null && index == options.warmup()) {
        awaitAcknowledgements(index);
        rate.start();
      }
      boolean scheduled = rate != null && index >= options.warmup();
      long intendedNs = scheduled ? awaitTime(index) : 0;
      awaitAcknowledgements(index - options.window() + 1);
      if (values != null) {
        sendValues(index, scheduled, intendedNs);
      } else if (payloadChannel == null) {
        sendDescriptor(index, scheduled, intendedNs);
      } else {
        sendWhole(index, scheduled, intendedNs);
      }
    }
    awaitAcknowledgements(total);
    segment.settle(); // no message of bytes that never got there counts as sent
    ledger.end();
    result.setMessages(ledger);
    result.setRate(rate);
  }

  /** Spins until the message's time and takes what arrives meanwhile. Never sleeps, never early. */
  private long awaitTime(long index) {
    result.enter(Stage.WAIT);
    long intendedNs = rate.intendedNs(index - options.warmup());
    for (long now = Ledger.nowNs(); now - intendedNs < 0; now = Ledger.nowNs()) {
      if (now - deadlineNs >= 0) {
        throw new NativeCallException(
            "clock_gettime",
            options.channel(),
            Errno.ETIMEDOUT,
            "the deadline is before message "
                + (index + 1)
                + "'s time: raise --deadline-ms or --rate");
      }
      if (acknowledged < index && channel.receiveNow(acknowledgement)) {
        takeAcknowledgement();
      }
    }
    return intendedNs;
  }

  /** Waits until that many messages are acknowledged. */
  private void awaitAcknowledgements(long count) {
    while (acknowledged < count) {
      result.enter(Stage.WAIT);
      channel.receive(acknowledgement, deadlineNs);
      takeAcknowledgement();
    }
  }

  private void takeAcknowledgement() {
    long receivedNs = Ledger.nowNs();
    acknowledgement.checkAcknowledgement(header, acknowledged, options.channel());
    long roundTripNs = receivedNs - sentNs[(int) (acknowledged % sentNs.length)];
    ledger.record(
        Stage.ROUND_TRIP, acknowledged == 0, acknowledged >= options.warmup(), roundTripNs);
    acknowledged++;
  }

  /** One message: into its slot, then its descriptor on the way. */
  private void sendDescriptor(long index, boolean scheduled, long intendedNs) throws IOException {
    describe(index, header.slotOffset(index + 1));
    result.enter(Stage.WRITE);
    long done = 0;
    long writeNs = 0;
    long writeBegunNs = 0;
    long writeEndedNs;
    do { // one part, but for messages beyond Messages.partBytes()
      int length = messages.load(index, done);
      byte[] bytes = messages.bytes();
      int from = messages.from(index, done);
      long begunNs = Ledger.nowNs();
      segment.putDeferringFaults(message.offset() + done, bytes, from, length);
      writeEndedNs = Ledger.nowNs();
      writeNs += writeEndedNs - begunNs;
      writeBegunNs = done == 0 ? begunNs : writeBegunNs;
      done += length;
    } while (done < messages.sizeBytes());

    result.enter(Stage.NOTIFY);
    FramedHeader.publishSequence(segment, message.seq());
    long begunNs = Ledger.nowNs();
    message.setSentNs(scheduled ? intendedNs : begunNs);
    channel.send(message);
    long notifiedNs = Ledger.nowNs();

    ledger.record(Stage.WRITE, index == 0, index >= options.warmup(), writeNs);
    sent(index, scheduled, writeBegunNs, writeEndedNs, begunNs, notifiedNs - begunNs);
  }

  /**
   * One message over a channel that carries the payload: there is no writing, all of it is notify.
   */
  private void sendWhole(long index, boolean scheduled, long intendedNs) throws IOException {
    describe(index, 0);
    result.enter(Stage.NOTIFY);
    FramedHeader.publishSequence(segment, message.seq());
    long done = 0;
    long notifyNs = 0;
    long firstBegunNs = 0;
    do {
      int length = messages.load(index, done);
      long address = messages.address(index, done);
      long begunNs = Ledger.nowNs();
      if (done == 0) {
        firstBegunNs = begunNs;
        message.setSentNs(scheduled ? intendedNs : begunNs);
        payloadChannel.send(message, address, length);
      } else {
        payloadChannel.sendPayload(address, length);
      }
      notifyNs += Ledger.nowNs() - begunNs;
      done += length;
    } while (done < messages.sizeBytes());
    sent(index, scheduled, firstBegunNs, firstBegunNs, firstBegunNs, notifyNs);
  }

  /** One message of values: encoded into its slot, or for a channel that carries the payload. */
  private void sendValues(long index, boolean scheduled, long intendedNs) {
    ByteBuffer room = payloads == null ? values.privateRoom() : slot(index);
    result.enter(Stage.ENCODE);
    long encodeBegunNs = Ledger.nowNs();
    values.encode(index, room);
    long encodeEndedNs = Ledger.nowNs();

    result.enter(Stage.NOTIFY);
    long offset = payloads == null ? 0 : header.payloadOffset() + room.position();
    int flags = options.verify() ? Descriptor.FLAG_CRC32C : 0;
    message.set(index + 1, offset, room.remaining(), header.generation(), values.crc(index), flags);
    FramedHeader.publishSequence(segment, message.seq());
    long begunNs = Ledger.nowNs();
    message.setSentNs(scheduled ? intendedNs : begunNs);
    if (payloadChannel == null) {
      channel.send(message);
    } else {
      long address = values.privateAddress() + room.position();
      payloadChannel.send(message, address, room.remaining());
    }
    long notifiedNs = Ledger.nowNs();

    boolean measured = index >= options.warmup();
    ledger.record(Stage.ENCODE, index == 0, measured, encodeEndedNs - encodeBegunNs);
    if (measured) {
      ledger.trace(encodeBegunNs, encodeEndedNs, encodeEndedNs, message.sentNs());
    }
    notified(index, scheduled, begunNs, notifiedNs - begunNs);
  }

  /** A message's slot, between position and limit. */
  private ByteBuffer slot(long index) {
    int begin = (int) (header.slotOffset(index + 1) - header.payloadOffset());
    ByteBuffer slot = payloads.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return slot.limit(begin + (int) header.slotSizeBytes()).position(begin);
  }

  private void describe(long index, long offset) {
    int flags = options.verify() ? Descriptor.FLAG_CRC32C : 0;
    message.set(
        index + 1, offset, messages.sizeBytes(), header.generation(), messages.crc(index), flags);
  }

  private void sent(
      long index,
      boolean scheduled,
      long writeBegunNs,
      long writeEndedNs,
      long sendBegunNs,
      long notifyNs) {
    notified(index, scheduled, sendBegunNs, notifyNs);
    if (index >= options.warmup()) {
      ledger.trace(writeBegunNs, writeEndedNs, message.sentNs());
    }
  }

  private void notified(long index, boolean scheduled, long sendBegunNs, long notifyNs) {
    sentNs[(int) (index % sentNs.length)] = message.sentNs();
    ledger.record(Stage.NOTIFY, index == 0, index >= options.warmup(), notifyNs);
    if (scheduled) {
      rate.sent(message.sentNs(), sendBegunNs);
    }
  }
}
