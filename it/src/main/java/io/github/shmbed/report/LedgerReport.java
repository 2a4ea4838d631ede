// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import io.github.shmbed.cases.FramedExchange;
import io.github.shmbed.json.Json;
import io.github.shmbed.ledger.Ledger;
import io.github.shmbed.ledger.PairMeasurement;
import io.github.shmbed.ledger.Sample;
import io.github.shmbed.ledger.Warm;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.result.Placement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** Where a pairing's time goes: every stage in its columns, and whether they add up. */
public final class LedgerReport {
  private static final List<String> SET_UP = List.of("create", "size", "reserve", "attach");
  private static final List<String> TAKE_DOWN = List.of("detach", "remove");
  private static final Map<String, String> USAGE = new LinkedHashMap<>();

  static {
    USAGE.put("minorFaults", "minor page faults");
    USAGE.put("majorFaults", "major page faults");
    USAGE.put("voluntarySwitches", "voluntary switches");
    USAGE.put("involuntarySwitches", "involuntary switches");
  }

  /**
   * One line.
   *
   * @param cold ns, or a number of things; null when it does not exist, as every column
   * @param mean of the warm messages; of things, for one message
   * @param warm null when there is no distribution
   * @param unit how a value is written
   */
  private record Row(
      String group,
      String name,
      Double cold,
      Double firstTouch,
      Double mean,
      Histogram warm,
      Function<Double, String> unit) {}

  private final CellResult result;
  private final PairMeasurement measurement;
  private final Placement placement;
  private final List<Row> rows = new ArrayList<>();

  /**
   * @param placement where the peers could run
   */
  public LedgerReport(CellResult result, PairMeasurement measurement, Placement placement) {
    this.result = result;
    this.measurement = measurement;
    this.placement = placement;
    measurement.cold().ifPresent(cold -> collect());
  }

  /** Whether bytes and ledger are as they must be. */
  public boolean isValid() {
    return result.outcome() == Outcome.PASS
        && measurement.isComplete()
        && measurement.faults().isEmpty();
  }

  private void collect() {
    String writer = "writer " + result.writer();
    SET_UP.forEach(stage -> setUp(writer, Sample::writer, stage));
    beside(writer, Sample::writer, "notify");
    beside(writer, Sample::writer, "round-trip");
    TAKE_DOWN.forEach(stage -> setUp(writer, Sample::writer, stage));
    usage(writer, Sample::writer);

    String reader = "reader " + result.reader();
    setUp(reader, Sample::reader, "reader-attach");
    beside(reader, Sample::reader, "wait");
    beside(reader, Sample::reader, "verify");
    TAKE_DOWN.forEach(stage -> setUp(reader, Sample::reader, stage));
    usage(reader, Sample::reader);

    ledger();
  }

  /** A stage that happens once for each segment: it has no distribution. */
  private void setUp(String group, Function<Sample, Map<String, Object>> side, String stage) {
    Function<Sample, Double> value = sample -> ns(Json.object(side.apply(sample), "stages"), stage);
    add(group, stage, cold(value), firstTouch(value), null, null, Units::time);
  }

  /** A stage that overlaps with others, and so is not in the ledger. */
  private void beside(String group, Function<Sample, Map<String, Object>> side, String stage) {
    Function<Sample, Double> value = sample -> ns(Json.object(side.apply(sample), "first"), stage);
    Histogram histogram = measurement.warm().map(warm -> warm.beside().get(stage)).orElse(null);
    Double mean = histogram == null ? null : histogram.getMean();
    add(group, stage, cold(value), firstTouch(value), mean, histogram, Units::time);
  }

  private void usage(String group, Function<Sample, Map<String, Object>> side) {
    USAGE.forEach(
        (member, name) -> {
          Function<Sample, Double> value =
              sample -> ns(Json.object(side.apply(sample), "usage"), member);
          Double all = measurement.warm().map(warm -> value.apply(warm.sample())).orElse(null);
          Double each = all == null ? null : all / measurement.count();
          add(group, name, cold(value), firstTouch(value), each, null, Units::count);
        });
  }

  private void ledger() {
    String group = "ledger of a message";
    Optional<Ledger> warm = measurement.warm().map(Warm::ledger);
    for (String stage : measurement.cold().orElseThrow().firstMessage().stages().keySet()) {
      Histogram histogram = measurement.warm().map(one -> one.path().get(stage)).orElse(null);
      ledgerRow(group, stage, ledger -> ledger.stages().get(stage), histogram, Units::time);
    }
    ledgerRow(group, "sum of the stages", Ledger::sumNs, null, Units::time);
    Histogram endToEnd = measurement.warm().map(Warm::endToEnd).orElse(null);
    ledgerRow(group, "end to end", Ledger::endToEndNs, endToEnd, Units::time);
    ledgerRow(group, "residual", Ledger::residualNs, null, Units::time);
    ledgerRow(group, "residual, part", Ledger::residualPart, null, LedgerReport::percent);
  }

  private static String percent(double part) {
    String text = Units.percent(part);
    return text.equals("-0.0 %") ? "0.0 %" : text;
  }

  private void ledgerRow(
      String group,
      String name,
      ToDoubleFunction<Ledger> value,
      Histogram histogram,
      Function<Double, String> unit) {
    Function<Sample, Double> first = sample -> value.applyAsDouble(sample.firstMessage());
    Double mean = measurement.warm().map(one -> value.applyAsDouble(one.ledger())).orElse(null);
    add(group, name, cold(first), firstTouch(first), mean, histogram, unit);
  }

  private Double cold(Function<Sample, Double> value) {
    return measurement.cold().map(value).orElse(null);
  }

  private Double firstTouch(Function<Sample, Double> value) {
    return measurement.firstTouch().map(value).orElse(null);
  }

  private void add(
      String group,
      String name,
      Double cold,
      Double firstTouch,
      Double mean,
      Histogram warm,
      Function<Double, String> unit) {
    if (cold != null || firstTouch != null || mean != null) {
      rows.add(new Row(group, name, cold, firstTouch, mean, warm, unit));
    }
  }

  private static Double ns(Map<String, Object> object, String member) {
    return object.get(member) instanceof Number number ? number.doubleValue() : null;
  }

  /** For the terminal; the last line is the verdict. */
  public String render(Terminal terminal) {
    StringBuilder text = new StringBuilder(terminal.bold(title())).append("\n\n");
    if (!rows.isEmpty()) {
      text.append(table(terminal)).append('\n').append(notes());
    }
    for (String fault : measurement.faults()) {
      text.append(terminal.red("INVALID")).append("  ").append(fault).append('\n');
    }
    text.append(
        result.outcome() == Outcome.PASS
            ? terminal.green("PASS") + "  every message arrived once, in order, byte for byte"
            : terminal.red(result.outcome().name()) + "  " + result.reason());
    return text.append('\n').toString();
  }

  private String title() {
    return String.format(
        Locale.ROOT,
        "%s -> %s over %s: %s of %s%s",
        result.writer(),
        result.reader(),
        measurement.channel().id(),
        measurement.count() == 1
            ? "the first message of fresh processes,"
            : String.format(Locale.ROOT, "%,d messages", measurement.count()),
        messages(measurement.content()),
        measurement.count() == 1
            ? ""
            : String.format(
                Locale.ROOT,
                ", window %d, after %,d to warm up",
                measurement.window(),
                measurement.warmup()));
  }

  private static String messages(FramedExchange.Content content) {
    return content.isValues()
        ? content.shape() + " in " + content.codec()
        : Units.size(content.sizeBytes());
  }

  private String table(Terminal terminal) {
    boolean one = measurement.count() == 1;
    Table table =
        one
            ? new Table("stage", "cold")
            : new Table(
                "stage", "cold", "first-touch", "mean", "p50", "p90", "p99", "p99.9", "max");
    String group = null;
    for (Row row : rows) {
      if (!row.group().equals(group)) {
        if (group != null) {
          table.gap();
        }
        group = row.group();
        table.row(one ? new String[] {group, ""} : blank(group));
      }
      String name = "  " + row.name();
      table.row(
          one
              ? new String[] {name, cell(row, row.cold())}
              : new String[] {
                name,
                cell(row, row.cold()),
                cell(row, row.firstTouch()),
                cell(row, row.mean()),
                quantile(row, 50),
                quantile(row, 90),
                quantile(row, 99),
                quantile(row, 99.9),
                row.warm() == null ? "" : row.unit().apply((double) row.warm().getMaxValue())
              });
    }
    return table.render(terminal);
  }

  private static String[] blank(String first) {
    return new String[] {first, "", "", "", "", "", "", "", ""};
  }

  private static String cell(Row row, Double value) {
    return value == null ? "" : row.unit().apply(value);
  }

  private static String quantile(Row row, double percentile) {
    return row.warm() == null
        ? ""
        : row.unit().apply((double) row.warm().getValueAtPercentile(percentile));
  }

  private String notes() {
    StringBuilder text = new StringBuilder();
    Sample newest = measurement.warm().map(Warm::sample).or(measurement::cold).orElseThrow();
    text.append(
        String.format(
            Locale.ROOT,
            "clock      two readings take the writer %d ns and the reader %d ns; every stage has"
                + " one pair in it%n",
            Json.integer(newest.writer(), "clockPairNs", -1),
            Json.integer(newest.reader(), "clockPairNs", -1)));
    measurement
        .warm()
        .ifPresent(
            warm ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "rate       %,.0f messages/s%n",
                        warm.sample().traces().perSecond())));
    return text.append("placement  ").append(placement).append('\n').toString();
  }

  /** What results.json and {@code --format json} have of it. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("valid", isValid());
    json.put("invalid", measurement.faults());
    json.put("channel", measurement.channel().id());
    if (measurement.content().isValues()) {
      json.put("codec", measurement.content().codec());
      json.put("shape", measurement.content().shape());
    } else {
      json.put("messageSizeBytes", measurement.content().sizeBytes());
    }
    json.put("count", measurement.count());
    json.put("warmup", measurement.warmup());
    json.put("window", measurement.window());
    measurement
        .warm()
        .ifPresent(warm -> json.put("messagesPerSecond", warm.sample().traces().perSecond()));
    json.put("placement", placement.toMap());
    json.put("rows", rows.stream().map(this::json).toList());
    return json;
  }

  private Map<String, Object> json(Row row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bench", "pair");
    json.put("variant", result.writer() + ":" + result.reader());
    json.put("group", row.group().substring(0, row.group().indexOf(' ')));
    json.put("stage", row.name());
    String unit = row.unit().apply(1.0).endsWith("ns") ? "Ns" : "";
    json.put("cold" + unit, rounded(row.cold()));
    if (measurement.count() > 1) {
      json.put("firstTouch" + unit, rounded(row.firstTouch()));
      json.put("mean" + unit, rounded(row.mean()));
    }
    if (row.warm() != null) {
      json.put("n", row.warm().getTotalCount());
      json.put("median" + unit, row.warm().getValueAtPercentile(50));
      json.put("p90" + unit, row.warm().getValueAtPercentile(90));
      json.put("p99" + unit, row.warm().getValueAtPercentile(99));
      json.put("p999" + unit, row.warm().getValueAtPercentile(99.9));
      json.put("max" + unit, row.warm().getMaxValue());
    }
    return json;
  }

  /** To a millionth of a part and a thousandth of a ns; JSON has no "not a number". */
  private static Double rounded(Double value) {
    if (value == null || !Double.isFinite(value)) {
      return null;
    }
    double scale = Math.abs(value) < 1 ? 1e6 : 1e3;
    return Math.round(value * scale) / scale;
  }
}
