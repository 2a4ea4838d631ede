// SPDX-License-Identifier: Apache-2.0
// The reader's message loop: receive a descriptor, check it, copy the payload out, verify the copy,
// acknowledge.
package io.github.shmbed.peer;

import io.github.shmbed.channel.Channel;
import io.github.shmbed.channel.PayloadChannel;
import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.segment.Segment;
import java.io.IOException;
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
  private final byte[] part; // the private copy
  private final NativeBuffer arrival; // where a payload channel puts it; null without one
  private final boolean looksAtBytes;

  /** A loop over an open channel. */
  ReceiveLoop(
      Result result,
      MessageLedger ledger,
      Channel channel,
      Segment segment,
      FramedHeader header,
      OutFile out,
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
    // Allocated and zeroed, so touched, before the first message.
    part = new byte[(int) Math.min(header.slotSizeBytes(), Messages.PART_BYTES)];
    arrival = payloadChannel == null ? null : new NativeBuffer(part.length);
  }

  /** Length and SHA-256 of everything that came, in order. */
  Digest run() throws IOException {
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
    copyOut(first, measured, receivedNs);

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
    do { // one part, but for messages beyond 64 MiB
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
