// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.json.Json;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.result.Mismatch;
import io.github.shmbed.result.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Messages in the framed layout, announced over a channel.
 *
 * @param words what the channel's SPEC says beyond its address, or empty
 * @param messageSizeBytes of each message
 * @param count how many
 * @param window how many of them may be on the way, 1 to 8
 */
public record Framed(
    String name,
    String title,
    ChannelKind channel,
    String words,
    long messageSizeBytes,
    int count,
    int window)
    implements Case {
  private static final int ONE_BYTES = 1000;
  private static final int STREAM_BYTES = 64;
  private static final int STREAM_COUNT = 10_000;
  private static final int STREAM_WINDOW = 8;
  private static final int RING_COUNT = 2_000;
  private static final long RING_START = (1L << 32) - RING_COUNT / 2;

  /** Without words. */
  Framed(
      String name,
      String title,
      ChannelKind channel,
      long messageSizeBytes,
      int count,
      int window) {
    this(name, title, channel, "", messageSizeBytes, count, window);
  }

  /** A case of its own for some words of {@code rtering}; heads and tails run over 2^32 in it. */
  static Framed ring(String suffix, String title, String words, int window) {
    return new Framed(
        ChannelKind.RTERING.id() + "-" + suffix,
        RING_COUNT + " messages over " + title,
        ChannelKind.RTERING,
        words + "start=" + RING_START,
        STREAM_BYTES,
        RING_COUNT,
        window);
  }

  /** {@code <channel>-one}. */
  public static Framed one(ChannelKind channel) {
    return new Framed(
        channel.id() + "-one", "one message over " + channel.title(), channel, ONE_BYTES, 1, 1);
  }

  /** {@code <channel>-stream}. */
  public static Framed stream(ChannelKind channel) {
    return new Framed(
        channel.id() + "-stream",
        "10,000 messages over " + channel.title(),
        channel,
        STREAM_BYTES,
        STREAM_COUNT,
        STREAM_WINDOW);
  }

  @Override
  public String description() {
    return "Writer and reader run at the same time, layout framed, channel "
        + channel.id()
        + (words.isEmpty() ? "" : ":" + words)
        + ": "
        + (count == 1 ? "one message" : count + " messages")
        + " of "
        + messageSizeBytes
        + " bytes"
        + (window == 1 ? "" : ", up to " + window + " of them on the way")
        + ". The bytes are the run's own and depend on their position.";
  }

  @Override
  public String expectation() {
    return "Both exit 0, the reader saw every message once, in order and byte for byte, every"
        + " CRC32C fits, and segment and channel are gone.";
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
    for (Peer peer : new Peer[] {writer, reader}) {
      if (!peer.layouts().contains(layout())) {
        return Optional.of(peer.id() + " has no layout framed (peers.json)");
      }
      if (!peer.channels().contains(channel.id())) {
        return Optional.of(peer.id() + " has no channel " + channel.id() + " (peers.json)");
      }
    }
    return Optional.empty();
  }

  @Override
  public void run(Exchange exchange) throws CellFailure, IOException {
    Path payload = exchange.payloadFile(messageSizeBytes * count);
    FramedExchange.Done done =
        exchange.together(
            new FramedExchange(
                channel,
                words,
                payload,
                new FramedExchange.Content(messageSizeBytes),
                count,
                0,
                window,
                true,
                false));
    requireBytes(exchange, payload, done);
    requireCrcs(exchange, done.reader());
    requirePayload("writer " + exchange.writer().id(), done.writer());
    requirePayload("reader " + exchange.reader().id(), done.reader());
    requireSameDigest(exchange, done, "payload");
  }

  private void requireBytes(Exchange exchange, Path payload, FramedExchange.Done done)
      throws CellFailure, IOException {
    Optional<Mismatch> mismatch =
        Mismatch.between("what the reader " + exchange.reader().id() + " saw", payload, done.out());
    if (mismatch.isPresent()) {
      long offset = mismatch.get().offset();
      throw new CellFailure(
          count == 1 || messageSizeBytes == 0
              ? mismatch.get()
              : mismatch.get().of("message " + (offset / messageSizeBytes + 1) + " of " + count));
    }
  }

  /**
   * A CRC that differs is a MISMATCH, even where the bytes came to be right afterwards; and who
   * does not say how many differed has not looked.
   */
  public static void requireCrcs(Exchange exchange, Map<String, Object> reader) throws CellFailure {
    long mismatches = Json.integer(reader, "crcMismatches", -1);
    if (mismatches < 0) {
      throw new CellFailure(
          Outcome.ERROR,
          "reader "
              + exchange.reader().id()
              + ": says nothing of CRC32Cs, crcMismatches is "
              + reader.get("crcMismatches"));
    }
    if (mismatches != 0) {
      throw new CellFailure(
          Outcome.MISMATCH,
          "what the reader "
              + exchange.reader().id()
              + " saw has another CRC32C than its descriptor says in "
              + mismatches
              + " messages, first in message "
              + reader.get("firstCrcMismatch"));
    }
  }

  private void requirePayload(String who, Map<String, Object> answer) throws CellFailure {
    long length = Json.integer(Json.object(answer, "payload"), "length", -1);
    if (length != messageSizeBytes * count) {
      throw new CellFailure(
          Outcome.ERROR,
          who + ": reports " + length + " bytes in place of " + messageSizeBytes * count);
    }
  }

  /**
   * The reader's digest was compared with its bytes already.
   *
   * @param what {@code payload} or {@code values}, as in the result object
   */
  public static void requireSameDigest(Exchange exchange, FramedExchange.Done done, String what)
      throws CellFailure {
    String written = Json.text(Json.object(done.writer(), what), "sha256");
    String read = Json.text(Json.object(done.reader(), what), "sha256");
    if (read == null || !read.equals(written)) {
      throw new CellFailure(
          Outcome.ERROR,
          "writer "
              + exchange.writer().id()
              + ": reports "
              + what
              + " sha256 "
              + written
              + ", the reader "
              + exchange.reader().id()
              + " "
              + read);
    }
  }
}
