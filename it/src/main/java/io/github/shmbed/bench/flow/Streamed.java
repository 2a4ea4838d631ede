// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.Measurement;
import io.github.shmbed.bench.Statistics;
import io.github.shmbed.json.Json;
import io.github.shmbed.ledger.Ledger;
import io.github.shmbed.ledger.Sample;
import io.github.shmbed.ledger.Traces;
import io.github.shmbed.ledger.Traces.Instant;
import io.github.shmbed.ledger.Traces.Times;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What came out of one stream, in the words of rows. */
final class Streamed {
  static final String ROUND_TRIP = "round-trip";
  static final String ONE_WAY = "one-way";
  static final String END_TO_END = "end-to-end";
  static final String WRITE = "write";
  static final String READ = "read";

  /** With the copy into the segment, or out of it, where the codec's library needs one. */
  static final String ENCODE = "encode";

  static final String DECODE = "decode";

  /** Names of what a row has beside its times. */
  static final String RESIDUAL = "residual";

  static final String NEGATIVE = "negativeTimes";
  static final String SWITCHES = "contextSwitches";
  static final String CLOCK_PAIR = "clockPairNs";
  static final String ACHIEVED_RATE = "achievedRate";

  /** At a rate: the part of the messages that were sent more than one interval late. */
  static final String LATE_SHARE = "lateShare";

  /** Of values: the mean of their messages' sizes. */
  static final String MESSAGE_BYTES = "messageBytes";

  /** Of values: the part of end to end that is encoding and decoding. */
  static final String CODEC_SHARE = "codecShare";

  private final Stream stream;
  private final Sample sample;

  Streamed(Stream stream, Sample sample) {
    this.stream = stream;
    this.sample = sample;
  }

  /** These stages, each of all messages. */
  Map<String, Measurement> measurements(List<String> stages) {
    Map<String, Measurement> measured = new LinkedHashMap<>();
    stages.forEach(stage -> measured.put(stage, measurement(stage)));
    return measured;
  }

  /** The sum of these stages' medians. */
  double typicalNs(List<String> stages) {
    return stages.stream().mapToDouble(stage -> Statistics.median(samplesNs(stage))).sum();
  }

  /** One stage of all messages, and what both processes spent on a message. */
  private Measurement measurement(String stage) {
    return new Measurement(
        samplesNs(stage),
        stream.count(),
        usage("userNs") + usage("systemNs"),
        usage("minorFaults"),
        usage("majorFaults"),
        values());
  }

  private double[] samplesNs(String stage) {
    return switch (stage) {
      case ROUND_TRIP -> samples(sample.writerHistogram("round-trip"));
      case ONE_WAY -> samples(sample.readerHistogram("transmit"));
      case END_TO_END -> samples(endToEnd().histogram());
      case WRITE -> samples(sample.writerHistogram(stage));
      case READ -> samples(sample.readerHistogram(stage));
      case ENCODE -> samples(encoding().histogram());
      case DECODE -> samples(decoding().histogram());
      default -> throw new IllegalArgumentException(stage);
    };
  }

  /**
   * From the begin of the write (of the encoding) to the end of the read (of the decoding). At a
   * fixed rate from the time at which the message was due, which is before its write.
   */
  private Times endToEnd() {
    return sample
        .traces()
        .between(isPaced() ? Instant.SENT : Instant.ENCODE_BEGUN, Instant.DECODE_ENDED);
  }

  private Times encoding() {
    return sample.traces().between(Instant.ENCODE_BEGUN, Instant.WRITE_ENDED);
  }

  private Times decoding() {
    return sample.traces().between(Instant.READ_BEGUN, Instant.DECODE_ENDED);
  }

  /** Of means: the peers' own histograms against the time stamps of both. */
  Ledger ledger() {
    Traces traces = sample.traces();
    Map<String, Double> stages = new LinkedHashMap<>();
    if (!isPaced()) {
      sample.writing().forEach(stage -> stages.put(stage, sample.writerHistogram(stage).getMean()));
      stages.put("publish", traces.between(Instant.WRITE_ENDED, Instant.SENT).meanNs());
    }
    stages.put("transmit", sample.readerHistogram("transmit").getMean());
    stages.put("check", traces.between(Instant.RECEIVED, Instant.READ_BEGUN).meanNs());
    sample.reading().forEach(stage -> stages.put(stage, sample.readerHistogram(stage).getMean()));
    return new Ledger(stages, endToEnd().meanNs());
  }

  private boolean isPaced() {
    return stream.rate() > 0;
  }

  private Map<String, Double> values() {
    Map<String, Object> writer = sample.writer();
    Map<String, Object> reader = sample.reader();
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(RESIDUAL, Math.abs(ledger().residualPart()));
    values.put(
        NEGATIVE,
        (double)
            (endToEnd().negative()
                + Json.integer(writer, "negative", 0)
                + Json.integer(reader, "negative", 0)));
    values.put(
        SWITCHES,
        (double) (usage("voluntarySwitches") + usage("involuntarySwitches")) / stream.count());
    values.put(
        CLOCK_PAIR,
        (double)
            Math.max(Json.integer(writer, CLOCK_PAIR, 0), Json.integer(reader, CLOCK_PAIR, 0)));
    if (stream.content().isValues()) {
      long bytes = Json.integer(Json.object(reader, "payload"), "length", 0);
      double codecNs = encoding().meanNs() + decoding().meanNs();
      values.put(MESSAGE_BYTES, (double) bytes / (stream.count() + stream.warmup()));
      values.put(CODEC_SHARE, codecNs / endToEnd().meanNs());
    }
    if (isPaced()) {
      Map<String, Object> rate = Json.object(writer, "rate");
      values.put(
          ACHIEVED_RATE,
          rate.get("achieved") instanceof Number number ? number.doubleValue() : 0.0);
      values.put(LATE_SHARE, (double) Json.integer(rate, "late", 0) / stream.count());
    }
    return values;
  }

  /** Of both processes together, over the measured messages. */
  private long usage(String name) {
    return Json.integer(Json.object(sample.writer(), "usage"), name, 0)
        + Json.integer(Json.object(sample.reader(), "usage"), name, 0);
  }

  /** The recorded values, to the three digits of a histogram. */
  static double[] samples(Histogram histogram) {
    double[] samples = new double[Math.toIntExact(histogram.getTotalCount())];
    int filled = 0;
    for (var value : histogram.recordedValues()) {
      int until = filled + Math.toIntExact(value.getCountAtValueIteratedTo());
      Arrays.fill(
          samples, filled, until, histogram.medianEquivalentValue(value.getValueIteratedTo()));
      filled = until;
    }
    return samples;
  }
}
