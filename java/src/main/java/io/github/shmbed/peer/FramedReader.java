// SPDX-License-Identifier: Apache-2.0
// The reader of the framed layout: attach, then wait, read (or decode) and verify for each message,
// detach.
package io.github.shmbed.peer;

import io.github.shmbed.channel.Channel;
import io.github.shmbed.channel.ChannelContext;
import io.github.shmbed.channel.ChannelKind;
import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.Segment;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Runs one framed reader. */
final class FramedReader {
  private static final long PAUSE_NS = 200_000; // between two looks; the contract allows 1 ms

  private final Options options;
  private final Result result;
  private final SegmentStages stages;
  private final long deadlineNs;
  private final ChannelKind kind;
  private final MessageLedger ledger;

  FramedReader(Result result, SegmentStages stages, long deadlineNs) {
    this.result = result;
    this.options = result.options();
    this.stages = stages;
    this.deadlineNs = deadlineNs;
    this.kind = ChannelKind.of(options.channel());
    this.ledger =
        new MessageLedger(
            options.traceStamps(),
            Stage.TRANSMIT,
            Stage.WAIT,
            Stage.READ,
            Stage.VERIFY,
            Stage.DECODE);
  }

  void run() throws IOException {
    Digest digest;
    try (OutFile out = new OutFile(options.out());
        OutFile values = new OutFile(options.values());
        Segment segment = awaitSegment()) {
      FramedHeader header = awaitReady(segment);
      result.setSegment(header.segmentSizeBytes(), -1);
      try (Channel channel = kind.channel(context(segment, header))) {
        ReceiveLoop loop =
            new ReceiveLoop(result, ledger, channel, segment, header, out, values, deadlineNs);
        result.enter(Stage.WAIT);
        channel.open();
        digest = loop.run();
        result.setProof(channel.proof());
      }
      stages.detach(segment);
      out.complete();
      values.complete();
    }
    String length = ", msg length=" + digest.lengthBytes();
    result.ledger().say("Reading from shmem: " + stages.description() + length);
    result.setDigest(digest);
    TraceFile.write(options, ledger);
  }

  /** The whole object, as soon as it is there and has a size. */
  private Segment awaitSegment() {
    long blockBytes = kind.blockBytes(options.channel());
    Access access = blockBytes != 0 ? Access.READ_WRITE : Access.READ_ONLY;
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
    long blockBytes = kind.blockBytes(options.channel());
    byte[] copy = new byte[FramedHeader.BYTES];
    segment.get(0, copy, 0, copy.length);
    return FramedHeader.parse(copy, segment.sizeBytes(), blockBytes, segment.object());
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
}
