// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("pair --channel")
class PairLedgerIT {
  private static final List<String> LEDGER =
      List.of(
          "encode",
          "write",
          "publish",
          "transmit",
          "check",
          "read",
          "decode",
          "sum of the stages",
          "end to end",
          "residual",
          "residual, part");

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> rows(Map<String, Object> json, String group) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Object row : Json.list(json, "rows")) {
      Map<String, Object> map = (Map<String, Object>) row;
      if (map.get("group").equals(group)) {
        rows.add(map);
      }
    }
    return rows;
  }

  private static double number(Map<String, Object> row, String member) {
    return ((Number) row.get(member)).doubleValue();
  }

  @ParameterizedTest(name = "{0} -> {1} over {2}: the stages add up to end to end")
  @CsvSource({
    "java-posix, c-posix, unix",
    "python-sysv, java-sysv, futex",
    "c-posix, python-stdlib, posix-mq",
    "c-posix, java-posix, skmsg",
    "java-posix, c-posix, rtering"
  })
  void addsUp(String writer, String reader, String channel) throws Exception {
    Launched pair =
        Launched.run(
            "pair",
            writer,
            reader,
            "--channel",
            channel,
            "--count",
            "500",
            "--warmup",
            "100",
            "--message-size",
            "4K",
            "--format",
            "json");
    assertEquals(0, pair.exit(), pair.toString());
    Map<String, Object> json = Json.parseObject(pair.stdout());
    if ("UNSUPPORTED".equals(json.get("outcome"))) {
      Lacking.end(ChannelKind.find(channel).orElseThrow(), String.valueOf(json.get("reason")));
    }
    assertEquals("PASS", json.get("outcome"));
    assertEquals(true, json.get("valid"));
    List<Map<String, Object>> ledger = rows(json, "ledger");
    assertEquals(LEDGER, ledger.stream().map(row -> row.get("stage")).toList());
    for (String column : List.of("coldNs", "firstTouchNs", "meanNs")) {
      double sum = ledger.subList(0, 7).stream().mapToDouble(row -> number(row, column)).sum();
      double endToEnd = number(ledger.get(8), column);
      assertTrue(endToEnd > 0, pair.toString());
      assertEquals(endToEnd, sum, 0.05 * endToEnd, column);
    }
    assertEquals(500L, ledger.get(3).get("n"));
    assertTrue(number(ledger.get(8), "p99Ns") >= number(ledger.get(8), "medianNs"));
  }

  @ParameterizedTest(name = "{0} -> {1}, {2} in {3}: encode and decode are in the ledger")
  @CsvSource({
    "java-posix, c-posix, record, json",
    "python-posix, java-posix, tensor, cbor",
    "c-sysv, python-sysv, telemetry, flatbuffers"
  })
  void values(String writer, String reader, String shape, String codec) throws Exception {
    Launched pair =
        Launched.run(
            "pair",
            writer,
            reader,
            "--channel",
            "unix",
            "--shape",
            shape,
            "--codec",
            codec,
            "--count",
            "20",
            "--warmup",
            "5",
            "--format",
            "json");
    assertEquals(0, pair.exit(), pair.toString());
    Map<String, Object> json = Json.parseObject(pair.stdout());
    assertEquals(List.of(shape, codec), List.of(json.get("shape"), json.get("codec")));
    for (Map<String, Object> row : rows(json, "ledger")) {
      if (List.of("encode", "decode", "end to end").contains(row.get("stage"))) {
        assertTrue(number(row, "meanNs") > 0, row.toString());
      }
    }
  }

  @Test
  @DisplayName("over unix-whole has no stage write, and adds up")
  void whole() throws Exception {
    Launched pair =
        Launched.run(
            "pair",
            "c-posix",
            "java-posix",
            "--channel",
            "unix-whole",
            "--count",
            "300",
            "--format",
            "json");
    assertEquals(0, pair.exit(), pair.toString());
    Map<String, Object> json = Json.parseObject(pair.stdout());
    assertEquals(true, json.get("valid"));
    assertTrue(
        rows(json, "ledger").stream().noneMatch(row -> row.get("stage").equals("write")),
        pair.toString());
  }

  @Test
  @DisplayName("shows set-up, page faults and context switches of both sides beside the ledger")
  void table() throws Exception {
    Launched pair =
        Launched.run(
            "pair", "c-posix", "c-posix", "--channel", "fifo", "--count", "300", "--window", "4");
    assertEquals(0, pair.exit(), pair.toString());
    for (String word :
        ("cold first-touch mean p50 p90 p99 p99.9 max create size reserve attach notify detach"
                + " remove reader-attach wait verify rate clock placement")
            .split(" ")) {
      assertTrue(pair.stdout().contains(word), word + " in " + pair);
    }
    assertTrue(pair.stdout().contains("minor page faults"), pair.toString());
    assertTrue(pair.stdout().contains("voluntary switches"), pair.toString());
    assertTrue(pair.stdout().contains("PASS  every message arrived once"), pair.toString());
  }

  @Test
  @DisplayName("without --count is the first message of fresh processes")
  void cold() throws Exception {
    Launched pair = Launched.run("pair", "java-posix", "java-posix", "--channel", "eventfd");
    assertEquals(0, pair.exit(), pair.toString());
    assertTrue(pair.stdout().contains("the first message of fresh processes"), pair.toString());
    assertTrue(!pair.stdout().contains("p99"), pair.toString());
  }

  @Test
  @DisplayName("compares digests where the messages are more than 64 MiB in all")
  void digestsOnly() throws Exception {
    Launched pair =
        Launched.run(
            "pair",
            "c-sysv",
            "python-sysv",
            "--channel",
            "sysv-msg",
            "--count",
            "70",
            "--warmup",
            "0",
            "--message-size",
            "1M");
    assertEquals(0, pair.exit(), pair.toString());
  }

  @ParameterizedTest(name = "wrong usage is exit 2: {0}")
  @ValueSource(
      strings = {
        "--channel nonsense",
        "--count 5",
        "--channel unix --count 0",
        "--channel unix --warmup 5",
        "--channel unix --count 5 --window 9",
        "--channel unix --message-size 1X",
        "--channel unix --case unix-one"
      })
  void usage(String arguments) throws Exception {
    Launched wrong = Launched.run(("pair c-posix c-posix " + arguments).split(" "));
    assertEquals(2, wrong.exit(), wrong.toString());
    assertTrue(!wrong.stderr().isBlank() && !wrong.stderr().contains("\tat "), wrong.toString());
  }
}
