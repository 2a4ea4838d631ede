// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.flow;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.Series;
import io.github.shmbed.report.Table;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.report.Units;
import io.github.shmbed.result.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The rows of {@code bench codecs} as text, and which codecs eat what shared memory saves. */
final class CodecsReport {
  private record Key(String variant, String stage, Map<String, Object> parameters) {}

  private final Terminal terminal;
  private final Map<Key, BenchRow> rows = new HashMap<>();
  private final Placement placement;
  private final List<String> codecs;
  private final List<String> shapes;
  private final List<Pairing> pairings;

  CodecsReport(
      Terminal terminal,
      List<BenchRow> all,
      Placement placement,
      List<String> codecs,
      List<String> shapes,
      List<Pairing> pairings) {
    this.terminal = terminal;
    this.placement = placement;
    this.codecs = codecs;
    this.shapes = shapes;
    this.pairings = pairings;
    all.forEach(row -> rows.put(new Key(row.variant(), row.stage(), row.parameters()), row));
  }

  /** One table for each pairing: shapes and codecs down. */
  String tables() {
    StringBuilder text = new StringBuilder();
    text.append("closed loop, both on one CPU; ").append(placement).append("\n\n");
    for (Pairing pairing : pairings) {
      text.append(table(pairing)).append('\n');
    }
    return text.append("encode, decode: with the copy into the segment, or out of it, where the")
        .append(" library needs one\n")
        .append("end to end: from the begin of encoding to the end of decoding; share: the part of")
        .append(" it that is encoding and decoding\n")
        .append("of whole: end to end as a part of raw whole, which is no codec and no shared")
        .append(" memory: the raw bytes over the UNIX socket;\n")
        .append("1 or more: the codec eats all that shared memory saves\n")
        .append("medians; n = ns, u = us, m = ms; ratios with their 95 % intervals;")
        .append(" =: no difference, the medians' intervals overlap\n")
        .toString();
  }

  private String table(Pairing pairing) {
    Table table =
        new Table(pairing.title(), "encode", "decode", "size", "end to end", "share", "of whole");
    for (int i = 0; i < shapes.size(); i++) {
      String shape = shapes.get(i);
      if (i > 0) {
        table.gap();
      }
      for (String codec : codecs) {
        BenchRow endToEnd = endToEnd(pairing, codec, shape);
        if (endToEnd != null) {
          table.row(
              shape + " " + codec,
              cell(pairing, codec, Streamed.ENCODE, shape),
              cell(pairing, codec, Streamed.DECODE, shape),
              Units.size(Math.round(endToEnd.values().get(Streamed.MESSAGE_BYTES))),
              Cells.spread(endToEnd),
              Units.percent(endToEnd.values().get(Streamed.CODEC_SHARE)),
              Cells.ratioAlone(endToEnd));
        }
      }
      String whole = CodecsBench.whole(pairing);
      BenchRow control = row(whole, Streamed.END_TO_END, shape);
      BenchRow again = row(whole + Series.AGAIN, Streamed.END_TO_END, shape);
      if (control != null) {
        table.row(
            shape + " raw whole",
            "",
            "",
            Units.size(Math.round(control.values().get(Streamed.MESSAGE_BYTES))),
            Cells.spread(control),
            "",
            Cells.ratioAlone(again) + "(A/A)");
      }
    }
    return table.render(terminal);
  }

  private String cell(Pairing pairing, String codec, String stage, String shape) {
    return Cells.median(row(CodecsBench.shared(pairing, codec), stage, shape));
  }

  /** For each pairing the codecs that leave something of what shared memory saves, by shape. */
  List<Map<String, Object>> answers() {
    List<Map<String, Object>> answers = new ArrayList<>();
    for (Pairing pairing : pairings) {
      if (!hasSpread(pairing)) {
        continue;
      }
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("bench", CodecsBench.BENCH);
      answer.put("variant", pairing.id());
      answer.put("eatsAt", eatsAt(pairing));
      List<String> parts = new ArrayList<>();
      for (String shape : shapes) {
        List<String> faster = codecs.stream().filter(codec -> wins(pairing, codec, shape)).toList();
        String all = faster.size() == codecs.size() ? "every codec" : String.join(", ", faster);
        parts.add(shape + " " + (faster.isEmpty() ? "none" : all));
      }
      answer.put(
          "text",
          pairing.title()
              + ", faster through shared memory than raw bytes through the socket: "
              + String.join("; ", parts)
              + eaten(eatsAt(pairing)));
      answers.add(answer);
    }
    return answers;
  }

  private boolean hasSpread(Pairing pairing) {
    return codecs.stream()
        .flatMap(codec -> shapes.stream().map(shape -> endToEnd(pairing, codec, shape)))
        .anyMatch(row -> row != null && row.hasSpread());
  }

  /** By codec the shapes at which it is slower than the raw bytes over the socket. */
  private Map<String, List<String>> eatsAt(Pairing pairing) {
    Map<String, List<String>> eaten = new LinkedHashMap<>();
    for (String codec : codecs) {
      List<String> at = shapes.stream().filter(shape -> eats(pairing, codec, shape)).toList();
      if (!at.isEmpty()) {
        eaten.put(codec, at);
      }
    }
    return eaten;
  }

  private static String eaten(Map<String, List<String>> eatsAt) {
    return eatsAt.isEmpty()
        ? ""
        : ". Slower: "
            + eatsAt.entrySet().stream()
                .map(one -> one.getKey() + " at " + String.join(", ", one.getValue()))
                .collect(Collectors.joining("; "));
  }

  private boolean wins(Pairing pairing, String codec, String shape) {
    BenchRow row = endToEnd(pairing, codec, shape);
    return differs(row) && row.ratio().value() < 1;
  }

  private boolean eats(Pairing pairing, String codec, String shape) {
    BenchRow row = endToEnd(pairing, codec, shape);
    return differs(row) && row.ratio().value() >= 1;
  }

  private static boolean differs(BenchRow row) {
    return row != null && row.ratio() != null && !row.noDifference();
  }

  private BenchRow endToEnd(Pairing pairing, String codec, String shape) {
    return row(CodecsBench.shared(pairing, codec), Streamed.END_TO_END, shape);
  }

  private BenchRow row(String variant, String stage, String shape) {
    return rows.get(new Key(variant, stage, CodecsBench.parameters(shape)));
  }
}
