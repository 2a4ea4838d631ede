// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.json.Json;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.result.Mismatch;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.values.Encoding;
import io.github.shmbed.values.Images;
import io.github.shmbed.values.JsonMessages;
import io.github.shmbed.values.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Messages that are values: encoded by the writer, decoded by the reader.
 *
 * @param codec as in {@code --codec}
 * @param shape as in peers/schema/shapes.json
 * @param channel that announces the messages
 */
public record Coded(String codec, String shape, ChannelKind channel) implements Case {
  /** Those in which the large data of a tensor lie in the message as they lie in memory. */
  private static final Set<String> WITHOUT_COPY = Set.of("raw", "struct", "flatbuffers");

  /** Records that depend on the seed, after the special ones. */
  private static final int RANDOM_RECORDS = 16;

  /** All codecs of the contract. */
  public static final List<String> CODECS =
      List.of("raw", "struct", "json", "msgpack", "cbor", "protobuf", "flatbuffers");

  /** {@code codec-<codec>-<shape>} for every codec and shape. */
  public static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    for (String codec : CODECS) {
      Schema.ofTree()
          .shapes()
          .keySet()
          .forEach(shape -> cases.add(new Coded(codec, shape, ChannelKind.UNIX)));
    }
    return cases;
  }

  @Override
  public String name() {
    return "codec-" + codec + "-" + shape;
  }

  @Override
  public String title() {
    return "values of shape " + shape + " through the codec " + codec;
  }

  /**
   * All special records and some others, or two batches or tensors, so that one left in a slot
   * shows.
   */
  private int count() {
    return shape.equals("record") ? Schema.ofTree().records().size() + RANDOM_RECORDS : 2;
  }

  @Override
  public String description() {
    return "The harness makes values from the seed: "
        + count()
        + " messages of shape "
        + shape
        + ". The writer gets them as images, encodes them with "
        + codec
        + " into the segment and announces them over "
        + channel.id()
        + "; the reader decodes them and writes down the images of what it decoded.";
  }

  @Override
  public String expectation() {
    return "The decoded values are the writer's, bit for bit: NaN with its payload, -0.0, the limits"
        + " of integers, NUL in texts."
        + (encoding().isPresent() ? " The messages are the bytes that they must be." : "")
        + (isJson()
            ? " The messages are as the contract has them but for the text of doubles."
            : "")
        + (isWithoutCopy() ? " Neither side copies a message." : "");
  }

  private boolean isJson() {
    return codec.equals("json");
  }

  private boolean isWithoutCopy() {
    return shape.equals("tensor") && WITHOUT_COPY.contains(codec);
  }

  private Optional<Encoding> encoding() {
    return Encoding.of(Schema.ofTree(), codec);
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
      if (!peer.codecs().contains(codec)) {
        return Optional.of(peer.id() + " has no codec " + codec + " (peers.json)");
      }
    }
    return Framed.one(channel).missing(writer, reader);
  }

  @Override
  public void run(Exchange exchange) throws CellFailure, IOException {
    Schema schema = Schema.ofTree();
    byte[] images = Images.of(schema, shape, count(), exchange.payload()::bytes);
    FramedExchange.Done done =
        exchange.together(
            new FramedExchange(
                channel,
                exchange.payloadFile(images),
                new FramedExchange.Content(shape, codec),
                count(),
                0,
                Math.min(2, count()),
                true,
                false));
    requireValues(exchange, schema, images, done);
    requireBytes(exchange, schema, images, done);
    if (isWithoutCopy()) {
      requireNoStage("writer " + exchange.writer().id(), done.writer(), "write");
      requireNoStage("reader " + exchange.reader().id(), done.reader(), "read");
    }
    Framed.requireCrcs(exchange, done.reader());
    Framed.requireSameDigest(exchange, done, "payload");
    Framed.requireSameDigest(exchange, done, "values");
  }

  /** Also the right values can be the wrong bytes: an integer in a longer form than it needs. */
  private void requireBytes(
      Exchange exchange, Schema schema, byte[] images, FramedExchange.Done done)
      throws CellFailure, IOException {
    String what = "what the writer " + exchange.writer().id() + " encoded";
    if (encoding().isPresent()) {
      exchange.requireEqual(
          what, encoding().get().messages(shape, images), Files.readAllBytes(done.out()));
    }
    if (isJson()) {
      Optional<String> fault =
          JsonMessages.fault(schema, shape, images, Files.readAllBytes(done.out()));
      if (fault.isPresent()) {
        throw new CellFailure(
            Outcome.MISMATCH, what + " is not as the contract has it: " + fault.get());
      }
    }
  }

  /** Who copies a message has a stage for it. */
  private static void requireNoStage(String who, Map<String, Object> answer, String stage)
      throws CellFailure {
    if (Json.object(answer, "stages").containsKey(stage)) {
      throw new CellFailure(
          Outcome.ERROR, who + ": has a stage " + stage + ", where no message is to be copied");
    }
  }

  private void requireValues(
      Exchange exchange, Schema schema, byte[] images, FramedExchange.Done done)
      throws CellFailure, IOException {
    String who = "what the reader " + exchange.reader().id() + " decoded";
    Optional<Mismatch> mismatch = Mismatch.between(who, images, Files.readAllBytes(done.values()));
    if (mismatch.isPresent()) {
      throw new CellFailure(mismatch.get().of(schema.describe(shape, mismatch.get().offset())));
    }
  }
}
