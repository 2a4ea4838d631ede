// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import io.github.shmbed.json.Json;
import io.github.shmbed.ledger.Traces.Instant;
import io.github.shmbed.ledger.Traces.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The measured messages of one exchange. What a peer measures as a stage comes from its own
 * histogram; what lies between two of its stages, and end to end, from the time stamps.
 */
public final class Warm {
  /** Stages that a message does not wait for: beside the ledger. */
  private static final List<String> WRITER_BESIDE = List.of("notify", "round-trip");

  private static final List<String> READER_BESIDE = List.of("wait", "verify");

  private final Sample sample;
  private final Map<String, Histogram> path = new LinkedHashMap<>();
  private final Map<String, Histogram> beside = new LinkedHashMap<>();
  private final Times endToEnd;
  private final List<String> negatives = new ArrayList<>();

  /**
   * Decodes what the two peers recorded.
   *
   * @throws IllegalArgumentException when a histogram is missing or none
   */
  public Warm(Sample sample) {
    this.sample = sample;
    Traces traces = sample.traces();
    Times publish = traces.between(Instant.WRITE_ENDED, Instant.SENT);
    Times check = traces.between(Instant.RECEIVED, Instant.READ_BEGUN);
    endToEnd = traces.between(Instant.ENCODE_BEGUN, Instant.DECODE_ENDED);
    sample.writing().forEach(stage -> path.put(stage, sample.writerHistogram(stage)));
    path.put("publish", publish.histogram());
    path.put("transmit", sample.readerHistogram("transmit"));
    path.put("check", check.histogram());
    sample.reading().forEach(stage -> path.put(stage, sample.readerHistogram(stage)));
    WRITER_BESIDE.stream()
        .filter(stage -> Sample.has(sample.writer(), stage))
        .forEach(stage -> beside.put(stage, sample.writerHistogram(stage)));
    READER_BESIDE.stream()
        .filter(stage -> Sample.has(sample.reader(), stage))
        .forEach(stage -> beside.put(stage, sample.readerHistogram(stage)));

    negative("encode", traces.between(Instant.ENCODE_BEGUN, Instant.WRITE_BEGUN));
    negative("write", traces.between(Instant.WRITE_BEGUN, Instant.WRITE_ENDED));
    negative("publish", publish);
    negative("transmit", traces.between(Instant.SENT, Instant.RECEIVED));
    negative("check", check);
    negative("read", traces.between(Instant.READ_BEGUN, Instant.READ_ENDED));
    negative("decode", traces.between(Instant.READ_ENDED, Instant.DECODE_ENDED));
    negative("end to end", endToEnd);
    recordedNegative("writer", sample.writer());
    recordedNegative("reader", sample.reader());
  }

  /** The histograms of the ledger's stages, in the order of the flow. */
  public Map<String, Histogram> path() {
    return path;
  }

  /** The histograms of stages that overlap with others: the peers have them or not. */
  public Map<String, Histogram> beside() {
    return beside;
  }

  public Histogram endToEnd() {
    return endToEnd.histogram();
  }

  public Sample sample() {
    return sample;
  }

  /** Of means, which add up where percentiles do not. */
  public Ledger ledger() {
    Map<String, Double> means = new LinkedHashMap<>();
    means.put("encode", 0.0);
    path.forEach((stage, histogram) -> means.put(stage, histogram.getMean()));
    means.putIfAbsent("decode", 0.0);
    return new Ledger(means, endToEnd.meanNs());
  }

  /** What is wrong with it, in words; empty when it is valid. */
  public List<String> faults() {
    List<String> faults = new ArrayList<>(negatives);
    faults.addAll(ledger().faults());
    return faults;
  }

  private void negative(String stage, Times times) {
    if (times.negative() > 0) {
      negatives.add(
          String.format(
              Locale.ROOT,
              "stage %s is below 0 in %d of %d messages, %d ns at least",
              stage,
              times.negative(),
              sample.traces().count(),
              times.leastNs()));
    }
  }

  private void recordedNegative(String role, Map<String, Object> answer) {
    long negative = Json.integer(answer, "negative", 0);
    if (negative != 0) {
      negatives.add("the " + role + " recorded " + negative + " times below 0");
    }
  }
}
