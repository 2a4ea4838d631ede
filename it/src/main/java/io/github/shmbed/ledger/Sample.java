// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import io.github.shmbed.json.Json;
import io.github.shmbed.ledger.Traces.Instant;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
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
    if (writes) {
      stages.put("write", ns(written, "write"));
    }
    stages.put("publish", (double) traces.between(0, Instant.WRITE_ENDED, Instant.SENT));
    stages.put("transmit", ns(read, "transmit"));
    stages.put("check", (double) traces.between(0, Instant.RECEIVED, Instant.READ_BEGUN));
    stages.put("read", ns(read, "read"));
    stages.put("decode", 0.0);
    return new Ledger(stages, traces.between(0, Instant.WRITE_BEGUN, Instant.READ_ENDED));
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

  private static Histogram histogram(Map<String, Object> answer, String stage) {
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
