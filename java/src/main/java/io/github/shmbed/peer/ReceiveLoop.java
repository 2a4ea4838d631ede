// SPDX-License-Identifier: Apache-2.0
// The reader's message loop: receive a descriptor, check it, copy the payload out or decode it,
// verify, acknowledge.
package io.github.shmbed.peer;

import io.github.shmbed.channel.Channel;
import io.github.shmbed.channel.PayloadChannel;
import io.github.shmbed.codec.Values;
import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.segment.Loan;
import io.github.shmbed.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Receives all messages of one command (peers/CONTRACT.md, sections 7 and 9). Allocates nothing
 * within a stage.
 */
final class ReceiveLoop {
  private final Result result;
  private final Options options;
  private final MessageLedger ledger;
  private final Channel channel;
  private final PayloadChannel payloadChannel; // null where the payload comes through the segment
  private final Segment segment;
  private final FramedHeader header;
  private final OutFile out;
  private final long deadlineNs;
  private final Descriptor message = new Descriptor();
  private final CRC32C crc = new CRC32C();
  private final Digest digest;
  private final int slotsBytes; // of values, whose slots are one window; it ends at 2 GiB
  private final byte[] part; // the private copy; of values a whole one
  private final NativeBuffer arrival; // where a payload channel puts it; null without one
  private final boolean looksAtBytes;
  private final ValueInbox inbox; // null where messages are bytes
  private ByteBuffer payloads; // the memory in which messages of values come; else null

  /** A loop over an open channel. */
  ReceiveLoop(
      Result result,
      MessageLedger ledger,
      Channel channel,
      Segment segment,
      FramedHeader header,
      OutFile out,
      OutFile values,
      long deadlineNs) {
    this.result = result;
    this.options = result.options();
    this.ledger = ledger;
    this.channel = channel;
    this.payloadChannel = channel instanceof PayloadChannel ? (PayloadChannel) channel : null;
    this.segment = segment;
    this.header = header;
    this.out = out;
    this.deadlineNs = deadlineNs;
    this.digest = new Digest(options.verify());
    this.looksAtBytes = options.verify() || options.out() != null;
    slotsBytes = options.shape() == null ? 0 : checkedSlotsBytes();
    int partBytes = options.shape() == null ? Messages.partBytes() : slotsBytes;
    // Allocated and zeroed, so touched, before the first message.
    part = new byte[(int) Math.min(header.slotSizeBytes(), partBytes)];
    arrival = payloadChannel == null ? null : new NativeBuffer(part.length);
    inbox = options.shape() == null ? null : new ValueInbox(options, values);
  }

  /** Length and SHA-256 of everything that came, in order. */
  Digest run() throws IOException {
    if (inbox == null) {
      return receive();
    }
    if (payloadChannel != null) {
      payloads = arrival.bytes();
      return receive();
    }
    try (Loan loan = segment.lend(header.payloadOffset(), slotsBytes)) {
      payloads = loan.bytes();
      return receive();
    }
  }

  private int checkedSlotsBytes() {
    long bytes = header.slotCount() * header.slotSizeBytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new LayoutException(
          "header",
          segment.object(),
          Errno.EMSGSIZE,
          "SEGMENT_SIZE",
          "slots of " + bytes + " bytes, where Java decodes values within 2 GiB");
    }
    return (int) bytes;
  }

  private Digest receive() throws IOException {
    long total = options.warmup() + options.count();
    for (long index = 0; index < total; index++) {
      if (index == options.warmup()) {
        ledger.begin();
      }
      receive(index);
    }
    segment.settle();
    ledger.end();
    result.setMessages(ledger);
    result.setValues(inbox == null ? null : inbox.digest());
    return digest;
  }

  private void receive(long index) throws IOException {
    result.enter(Stage.WAIT);
    long waitBegunNs = Ledger.nowNs();
    channel.receive(message, deadlineNs);
    long receivedNs = Ledger.nowNs();
    if (payloadChannel == null) {
      message.checkMessage(header, index, options.channel());
    } else {
      message.checkWhole(header, index, options.channel());
    }

    boolean first = index == 0;
    boolean measured = index >= options.warmup();
    ledger.record(Stage.TRANSMIT, first, measured, receivedNs - message.sentNs());
    ledger.record(Stage.WAIT, first, measured, receivedNs - waitBegunNs);
    FramedHeader.sequence(segment); // pairs with the writer's release
    if (inbox == null) {
      copyOut(first, measured, receivedNs);
    } else {
      decode(first, measured, receivedNs);
    }

    message.acknowledge();
    message.setSentNs(Ledger.nowNs());
    channel.send(message);
  }

  private void copyOut(boolean first, boolean measured, long receivedNs) throws IOException {
    crc.reset();
    long done = 0;
    long readNs = 0;
    long verifyNs = 0;
    long readBegunNs = 0;
    long readEndedNs;
    do { // one part, but for messages beyond Messages.partBytes()
      result.enter(Stage.READ);
      int length = (int) Math.min(message.length() - done, part.length);
      long begunNs = Ledger.nowNs();
      read(done, length);
      readEndedNs = Ledger.nowNs();
      readNs += readEndedNs - begunNs;
      readBegunNs = done == 0 ? begunNs : readBegunNs;
      verifyNs += lookAt(length);
      done += length;
    } while (done < message.length());

    ledger.record(Stage.READ, first, measured, readNs);
    if (options.verify() && (message.flags() & Descriptor.FLAG_CRC32C) != 0) {
      ledger.record(Stage.VERIFY, first, measured, verifyNs);
      if ((int) crc.getValue() != message.crc32c()) {
        result.crcMismatch(message.seq());
      }
    }
    if (measured) {
      ledger.trace(receivedNs, readBegunNs, readEndedNs);
    }
  }

  /** A message of values: decoded where it lies, or where the channel has put it. */
  private void decode(boolean first, boolean measured, long receivedNs) throws IOException {
    if (payloadChannel == null) {
      message.checkWithinSlots(header, options.channel());
    }
    int length = (int) message.length(); // at most a slot
    long from = payloadChannel == null ? message.offset() - header.payloadOffset() : 0;
    ByteBuffer payload =
        payloads.duplicate().limit((int) from + length).position((int) from).slice();
    payload.order(ByteOrder.LITTLE_ENDIAN);
    long readBegunNs = Ledger.nowNs();
    if (payloadChannel != null) {
      result.enter(Stage.READ);
      payloadChannel.receivePayload(arrival.address(), length, deadlineNs);
    }
    long readEndedNs = payloadChannel == null ? readBegunNs : Ledger.nowNs();
    result.enter(Stage.DECODE);
    Values values = inbox.decode(payload.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    long decodeEndedNs = Ledger.nowNs();

    if (payloadChannel != null) {
      ledger.record(Stage.READ, first, measured, readEndedNs - readBegunNs);
    }
    ledger.record(Stage.DECODE, first, measured, decodeEndedNs - readEndedNs);
    if (measured) {
      ledger.trace(receivedNs, readBegunNs, readEndedNs, decodeEndedNs);
    }
    segment.settle(); // no value that was not there goes any further
    verify(payload, length, first, measured);
    inbox.keep(values);
  }

  /** Outside the ledger: CRC, digest and {@code --out} of a message of values. */
  private void verify(ByteBuffer payload, int length, boolean first, boolean measured)
      throws IOException {
    if (!looksAtBytes) {
      digest.count(length);
      return;
    }
    result.enter(Stage.VERIFY);
    payload.get(part, 0, length);
    segment.settle();
    if (options.verify() && (message.flags() & Descriptor.FLAG_CRC32C) != 0) {
      crc.reset();
      long begunNs = Ledger.nowNs();
      crc.update(part, 0, length);
      ledger.record(Stage.VERIFY, first, measured, Ledger.nowNs() - begunNs);
      if ((int) crc.getValue() != message.crc32c()) {
        result.crcMismatch(message.seq());
      }
    }
    digest.add(part, 0, length);
    out.append(part, length);
  }

  private void read(long done, int length) {
    if (payloadChannel == null) {
      segment.getDeferringFaults(message.offset() + done, part, 0, length);
    } else {
      payloadChannel.receivePayload(arrival.address(), length, deadlineNs);
    }
  }

  /** Outside the ledger but for the CRC, whose time is returned. */
  private long lookAt(int length) throws IOException {
    if (!looksAtBytes) {
      digest.count(length);
      return 0;
    }
    result.enter(Stage.VERIFY);
    segment.settle(); // no byte that was not there goes any further
    if (arrival != null) {
      arrival.bytes().get(0, part, 0, length);
    }
    long verifyNs = 0;
    if (options.verify()) {
      long begunNs = Ledger.nowNs();
      crc.update(part, 0, length);
      verifyNs = Ledger.nowNs() - begunNs;
    }
    digest.add(part, 0, length);
    out.append(part, length);
    return verifyNs;
  }
}
