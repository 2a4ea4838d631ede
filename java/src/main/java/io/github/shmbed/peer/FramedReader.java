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
        Segment segment = awaitReady()) {
      FramedHeader header = header(segment);
      result.setSegment(header.segmentSizeBytes(), -1);
      digest = exchange(segment, header, out, values);
      stages.detach(segment);
      out.complete();
      values.complete();
    }
    String length = ", msg length=" + digest.lengthBytes();
    result.ledger().say("Reading from shmem: " + stages.description() + length);
    result.setDigest(digest);
    TraceFile.write(options, ledger);
  }

  /**
   * The whole object, as soon as it is ready. Looks again and again, each time by name: one that
   * never becomes ready, or is closed, may be replaced by one that does.
   */
  private Segment awaitReady() {
    result.enter(Stage.READER_ATTACH);
    Segment segment = attachIfReady();
    while (segment == null) {
      LockSupport.parkNanos(PAUSE_NS);
      segment = attachIfReady();
    }
    return segment;
  }

  /** One look. The stage reader-attach is that of the last one. */
  private Segment attachIfReady() {
    result.ledger().clear();
    result.setKey(0); // ftok is part of the stage
    Segment segment = attachIfThere();
    if (segment == null) {
      return null;
    }
    boolean ready = false;
    try {
      ready = isReady(segment);
    } finally {
      if (!ready) {
        segment.close();
      }
    }
    return ready ? segment : null;
  }

  /** Null while it is not created, or created and not sized, or just removed. */
  private Segment attachIfThere() {
    String call = "fstat";
    String object = options.name();
    try {
      Segment segment =
          stages.attachExisting(mayWrite() ? Access.READ_WRITE : Access.READ_ONLY, true);
      if (segment != null) {
        return segment;
      }
    } catch (NativeCallException failed) {
      if (!isMissing(failed)) {
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

  /** Not there, or removed between two calls. */
  private boolean isMissing(NativeCallException failed) {
    if (failed.errno() == Errno.ENOENT) {
      return !failed.call().equals("ftok");
    }
    return failed.errno() == Errno.EIDRM
        || failed.errno() == Errno.EINVAL && !options.isPosix() && failed.call().startsWith("shm");
  }

  private boolean isReady(Segment segment) {
    if (segment.sizeBytes() < FramedHeader.BYTES) {
      throw FramedHeader.sizeBroken(segment.object(), FramedHeader.BYTES, segment.sizeBytes());
    }
    long state = FramedHeader.state(segment);
    boolean ready = state != FramedHeader.STATE_INIT && state != FramedHeader.STATE_CLOSED;
    if (!ready && passed()) {
      throw notInTime("header", segment.object(), "its writer did not make it ready");
    }
    return ready;
  }

  private FramedHeader header(Segment segment) {
    byte[] copy = new byte[FramedHeader.BYTES];
    segment.get(0, copy, 0, copy.length);
    return FramedHeader.parse(copy, segment.sizeBytes(), blockBytes(), segment.object());
  }

  /** From the channel's opening to its end; the writer sees a failure where it can. */
  private Digest exchange(Segment segment, FramedHeader header, OutFile out, OutFile values)
      throws IOException {
    try (Channel channel = kind.channel(context(segment, header))) {
      ReceiveLoop loop =
          new ReceiveLoop(result, ledger, channel, segment, header, out, values, deadlineNs);
      result.enter(Stage.WAIT);
      channel.open();
      Digest digest = loop.run();
      result.setProof(channel.proof());
      return digest;
    } catch (RuntimeException | IOException | Error failed) {
      if (mayWrite()) {
        FramedWriter.abandon(segment, failed);
      }
      throw failed;
    }
  }

  private long blockBytes() {
    return kind.blockBytes(options.channel());
  }

  /** Only where its own counters lie in the segment. */
  private boolean mayWrite() {
    return blockBytes() != 0;
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
