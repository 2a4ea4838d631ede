// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.FramedExchange;
import io.github.shmbed.cases.Payload;
import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.KeyRange;
import io.github.shmbed.kernel.Run;
import io.github.shmbed.ledger.Sample;
import io.github.shmbed.ledger.Traces;
import io.github.shmbed.matrix.ChannelProof;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.Placement;
import io.github.shmbed.values.Images;
import io.github.shmbed.values.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Streams from one writer to one reader, over and over in the same two processes. */
final class StreamRun {
  /** Messages of values that differ. */
  private static final int DISTINCT = 4;

  private final ServingPeers peers;
  private final Peer writer;
  private final Peer reader;

  StreamRun(ServingPeers peers, Peer writer, Peer reader) {
    this.peers = peers;
    this.writer = writer;
    this.reader = reader;
  }

  /** Binds the writer to the first CPU of a placement and the reader to the second, if any. */
  void place(Placement placement, int round) throws IOException {
    peers.place(writer, Role.WRITER, placement, 0, round);
    peers.place(reader, Role.READER, placement, 1, round);
  }

  /** Runs one stream. Nothing is verified on the way: only the time is of interest here. */
  Streamed take(Stream stream) throws IOException, Unsupported {
    Run run = peers.session().run();
    requireManager(stream.channel());
    int number = run.nextNumber();
    requireSupport(stream, number);
    Path writerTrace = run.directory().resolve("trace-writer-" + number);
    Path readerTrace = run.directory().resolve("trace-reader-" + number);
    String common = line(stream, number);
    Serving writing = peers.get(writer, Role.WRITER);
    Serving reading = peers.get(reader, Role.READER);
    try {
      writing.tell(
          common
              + option("payload", payload(stream.content()))
              + option("trace", writerTrace)
              + (stream.rate() > 0 ? " --rate " + stream.rate() : ""));
      reading.tell(common + option("trace", readerTrace));
      Serving.Reply read = reading.await();
      Serving.Reply wrote = writing.await();
      // the writer's failure is the likelier cause of both
      Map<String, Object> written = wrote.get();
      Map<String, Object> readAnswer = read.get();
      requireProof(stream, written, readAnswer);
      return new Streamed(
          stream,
          new Sample(
              written,
              readAnswer,
              Traces.read(writerTrace, readerTrace, stream.count(), stream.content().isValues()),
              !stream.channel().carriesPayload()));
    } finally {
      Files.deleteIfExists(writerTrace);
      Files.deleteIfExists(readerTrace);
    }
  }

  /** One that says no at once would leave the other one waiting. */
  private void requireSupport(Stream stream, int number) throws IOException, Unsupported {
    String line = line(stream, number);
    peers
        .get(writer, Role.WRITER)
        .requireSupport(stream.needs(), line + option("payload", payload(stream.content())));
    peers.get(reader, Role.READER).requireSupport(stream.needs(), line);
  }

  /** What both are told. */
  private String line(Stream stream, int number) {
    return stream.options()
        + address(number)
        + " --channel "
        + stream.channel().spec(peers.session().run(), number);
  }

  /** A message that went another way than the channel's is no measurement of the channel. */
  private static void requireProof(
      Stream stream, Map<String, Object> written, Map<String, Object> read) throws IOException {
    if (!stream.channel().isSkmsg()) {
      return;
    }
    long messages = (long) stream.count() + stream.warmup();
    try {
      ChannelProof.requirePeer(Role.WRITER.id(), Json.object(written, "proof"), messages);
      ChannelProof.requirePeer(Role.READER.id(), Json.object(read, "proof"), messages);
    } catch (CellFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void requireManager(ChannelKind channel) throws IOException, Unsupported {
    Optional<String> reason = channel.isSkmsg() ? peers.session().skmsg() : Optional.empty();
    if (reason.isPresent()) {
      throw new Unsupported(channel.id() + ": " + reason.get());
    }
  }

  /** One message's bytes, or the images of several, the same file for all streams of a size. */
  private Path payload(FramedExchange.Content content) throws IOException {
    String name = content.isValues() ? content.shape() : Long.toString(content.sizeBytes());
    Path file = peers.session().run().directory().resolve("payload-" + name);
    if (!Files.exists(file)) {
      Payload payload = new Payload(peers.session().seed(), "bench-" + name);
      if (content.isValues()) {
        Files.write(file, Images.usual(Schema.ofTree(), name, DISTINCT, payload::bytes));
      } else {
        payload.write(file, content.sizeBytes());
      }
    }
    return file;
  }

  private String address(int number) {
    Run run = peers.session().run();
    return writer.api() == Api.POSIX
        ? " --name " + run.id().posixName(number)
        : " --key " + KeyRange.text(run.keys().key(number));
  }

  private static String option(String name, Path file) {
    return " --" + name + " '" + file + "'";
  }
}
