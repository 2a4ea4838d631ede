// SPDX-License-Identifier: Apache-2.0
// The reader of the framed layout: attach, then wait, read and verify for each message, detach.
package io.github.shmbed.peer;

import io.github.shmbed.channel.Channel;
import io.github.shmbed.channel.ChannelContext;
import io.github.shmbed.channel.ChannelKind;
import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.Segment;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;

/** Runs one framed reader. */
final class FramedReader {
  private static final long PAUSE_NS = 200_000; // between two looks; the contract allows 1 ms

  private final Options options;
  private final Result result;
  private final SegmentStages stages;
  private final long deadlineNs;
  private final ChannelKind kind;
  private final MessageLedger ledger;
  private final Descriptor message = new Descriptor();
  private final CRC32C crc = new CRC32C();
  private final Digest digest = new Digest();
  private byte[] part;

  FramedReader(Result result, SegmentStages stages, long deadlineNs) {
    this.result = result;
    this.options = result.options();
    this.stages = stages;
    this.deadlineNs = deadlineNs;
    this.kind = ChannelKind.of(options.channel());
    this.ledger =
        new MessageLedger(
            options.traceRows(), Stage.TRANSMIT, Stage.WAIT, Stage.READ, Stage.VERIFY);
  }

  void run() throws IOException {
    try (OutFile out = new OutFile(options.out());
        Segment segment = awaitSegment()) {
      FramedHeader header = awaitReady(segment);
      result.setSegment(header.segmentSizeBytes(), -1);
      // Allocated and zeroed, so touched, before the first message.
      part = new byte[(int) Math.min(header.slotSizeBytes(), Messages.PART_BYTES)];
      try (Channel channel = kind.channel(context(segment, header))) {
        result.enter(Stage.WAIT);
        channel.open();
        receiveAll(channel, segment, header, out);
      }
      stages.detach(segment);
      out.complete();
    }
    result
        .ledger()
        .say(
            "Reading from shmem: " + stages.description() + ", msg length=" + digest.lengthBytes());
    result.setDigest(digest);
    TraceFile.write(options, ledger);
  }

  /** The whole object, as soon as it is there and has a size. */
  private Segment awaitSegment() {
    Access access = kind.lanes() ? Access.READ_WRITE : Access.READ_ONLY;
    result.enter(Stage.READER_ATTACH);
    while (true) {
      Segment segment = attachIfThere(access);
      if (segment != null && segment.sizeBytes() >= FramedHeader.BYTES) {
        return segment;
      }
      if (segment != null) {
        segment.close();
        throw FramedHeader.sizeBroken(segment.object(), FramedHeader.BYTES, segment.sizeBytes());
      }
      LockSupport.parkNanos(PAUSE_NS);
    }
  }

  /** Null while it is not created, or created and not sized. */
  private Segment attachIfThere(Access access) {
    String call = "fstat";
    String object = options.name();
    try {
      Segment segment = stages.attachExisting(access, true);
      if (segment != null) {
        return segment;
      }
    } catch (NativeCallException failed) {
      if (failed.errno() != Errno.ENOENT || failed.call().equals("ftok")) {
        throw failed;
      }
      call = failed.call();
      object = failed.object();
    }
    if (passed()) {
      throw notInTime(call, object, "no such segment");
    }
    return null;
  }

  private FramedHeader awaitReady(Segment segment) {
    while (FramedHeader.state(segment) == FramedHeader.STATE_INIT) {
      if (passed()) {
        throw notInTime("header", segment.object(), "its writer did not make it ready");
      }
      LockSupport.parkNanos(PAUSE_NS);
    }
    byte[] copy = new byte[FramedHeader.BYTES];
    segment.get(0, copy, 0, copy.length);
    return FramedHeader.parse(copy, segment.sizeBytes(), kind.lanes(), segment.object());
  }

  private boolean passed() {
    return Ledger.nowNs() - deadlineNs >= 0;
  }

  private NativeCallException notInTime(String call, String object, String what) {
    return new NativeCallException(
        call,
        object,
        Errno.ETIMEDOUT,
        what + " in " + options.deadlineMs() + " ms: start the writer");
  }

  private ChannelContext context(Segment segment, FramedHeader header) {
    return new ChannelContext(
        options.channel(),
        ChannelKind.address(options.channel()),
        false,
        options.mode(),
        segment,
        header.channelOffset(),
        deadlineNs);
  }

  private void receiveAll(Channel channel, Segment segment, FramedHeader header, OutFile out)
      throws IOException {
    long total = options.warmup() + options.count();
    ledger.begin();
    for (long index = 0; index < total; index++) {
      receive(channel, segment, header, out, index);
    }
    ledger.end();
    result.setMessages(ledger);
  }

  /**
   * One message: wait for its descriptor, check it, copy the payload out, verify the copy,
   * acknowledge.
   */
  private void receive(
      Channel channel, Segment segment, FramedHeader header, OutFile out, long index)
      throws IOException {
    result.enter(Stage.WAIT);
    long waitBegunNs = Ledger.nowNs();
    channel.receive(message, deadlineNs);
    long receivedNs = Ledger.nowNs();
    message.checkMessage(header, index, options.channel());

    boolean first = index == 0;
    boolean measured = index >= options.warmup();
    ledger.record(Stage.TRANSMIT, first, measured, receivedNs - message.sentNs());
    ledger.record(Stage.WAIT, first, measured, receivedNs - waitBegunNs);
    copyOut(segment, out, first, measured, receivedNs);

    message.acknowledge();
    message.setSentNs(Ledger.nowNs());
    channel.send(message);
  }

  private void copyOut(
      Segment segment, OutFile out, boolean first, boolean measured, long receivedNs)
      throws IOException {
    FramedHeader.sequence(segment); // pairs with the writer's release
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
      segment.getDeferringFaults(message.offset() + done, part, 0, length);
      readEndedNs = Ledger.nowNs();
      readNs += readEndedNs - begunNs;
      readBegunNs = done == 0 ? begunNs : readBegunNs;

      result.enter(Stage.VERIFY);
      segment.settle(); // no byte that was not there goes any further
      crc.update(part, 0, length);
      verifyNs += Ledger.nowNs() - readEndedNs;
      digest.add(part, 0, length);
      out.append(part, length);
      done += length;
    } while (done < message.length());

    ledger.record(Stage.READ, first, measured, readNs);
    if ((message.flags() & Descriptor.FLAG_CRC32C) != 0) {
      ledger.record(Stage.VERIFY, first, measured, verifyNs);
      if ((int) crc.getValue() != message.crc32c()) {
        result.crcMismatch(message.seq());
      }
    }
    if (measured) {
      ledger.trace(receivedNs, readBegunNs, readEndedNs);
    }
  }
}
