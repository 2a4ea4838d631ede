// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import io.github.shmbed.json.Json;
import io.github.shmbed.ledger.Traces.Instant;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * One exchange of messages: what both sides answered and their time stamps.
 *
 * @param writer result object; likewise {@code reader}
 * @param writes whether the payload was written into the segment; else the channel carried it
 */
public record Sample(
    Map<String, Object> writer, Map<String, Object> reader, Traces traces, boolean writes) {

  /** The ledger of the first message; of an exchange without warm-up. */
  public Ledger firstMessage() {
    Map<String, Object> written = Json.object(writer, "first");
    Map<String, Object> read = Json.object(reader, "first");
    Map<String, Double> stages = new LinkedHashMap<>();
    stages.put("encode", 0.0);
    writing().forEach(stage -> stages.put(stage, ns(written, stage)));
    stages.put("publish", (double) traces.between(0, Instant.WRITE_ENDED, Instant.SENT));
    stages.put("transmit", ns(read, "transmit"));
    stages.put("check", (double) traces.between(0, Instant.RECEIVED, Instant.READ_BEGUN));
    reading().forEach(stage -> stages.put(stage, ns(read, stage)));
    stages.putIfAbsent("decode", 0.0);
    return new Ledger(stages, traces.between(0, Instant.ENCODE_BEGUN, Instant.DECODE_ENDED));
  }

  /**
   * The stages in which the writer makes a message, in order. Values are encoded, and also written
   * where the codec's library cannot do that in place; bytes are written or carried by the channel.
   */
  public List<String> writing() {
    if (traces.ofValues()) {
      return happened(writer, "write") ? List.of("encode", "write") : List.of("encode");
    }
    return writes ? List.of("write") : List.of();
  }

  /** The stages in which the reader takes a message, likewise. */
  public List<String> reading() {
    if (traces.ofValues()) {
      return happened(reader, "read") ? List.of("read", "decode") : List.of("decode");
    }
    return List.of("read");
  }

  private static boolean happened(Map<String, Object> answer, String stage) {
    return Json.object(answer, "first").containsKey(stage);
  }

  /**
   * What the writer recorded of a stage.
   *
   * @throws IllegalArgumentException when it is missing, or no histogram
   */
  public Histogram writerHistogram(String stage) {
    return histogram(writer, stage);
  }

  /** The same of the reader. */
  public Histogram readerHistogram(String stage) {
    return histogram(reader, stage);
  }

  /** Whether a side recorded a stage. */
  static boolean has(Map<String, Object> answer, String stage) {
    return Json.text(Json.object(answer, "histograms"), stage) != null;
  }

  /**
   * What a result object says of a stage.
   *
   * @throws IllegalArgumentException when it is missing, or no histogram
   */
  public static Histogram histogram(Map<String, Object> answer, String stage) {
    String text = Json.text(Json.object(answer, "histograms"), stage);
    String what =
        answer.get("role") + " " + answer.get("peer") + ": its histogram of stage " + stage;
    if (text == null) {
      throw new IllegalArgumentException(what + " is not there");
    }
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
    } catch (DataFormatException | RuntimeException e) {
      throw new IllegalArgumentException(what + " cannot be decoded: " + e.getMessage(), e);
    }
  }

  /** Not a number where the peer reported none: no ledger with it is valid. */
  private static double ns(Map<String, Object> first, String stage) {
    return first.get(stage) instanceof Long value ? value : Double.NaN;
  }
}
