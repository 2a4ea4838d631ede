// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.bench.Cpus;
import io.github.shmbed.bench.Target;
import io.github.shmbed.cases.Coded;
import io.github.shmbed.json.Json;
import io.github.shmbed.libc.Binding;
import io.github.shmbed.registry.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How fast things are decides nothing here: the machine is shared with other tests. */
@DisplayName("bench stages, channels, sizes, codecs")
class BenchFlowIT {
  private static final String C_TO_C = "c-posix:c-posix";

  private static Map<String, Object> quick(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 5];
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[0] = "bench";
    all[arguments.length + 1] = "--quick";
    all[arguments.length + 2] = "--format";
    all[arguments.length + 3] = "json";
    all[arguments.length + 4] = "--runner=" + TestRunner.NAME;
    Launched run = Launched.run(all);
    Map<String, Object> results = Json.parseObject(run.stdout());
    requireVerdicts(results, run.exit());
    requireRows(rows(results));
    assertEquals(TestRunner.NAME, Json.object(results, "environment").get("runner"));
    return results;
  }

  private static void requireVerdicts(Map<String, Object> results, int exit) {
    Set<Object> verdicts =
        objects(results, "checks").stream()
            .map(check -> check.get("verdict"))
            .collect(Collectors.toSet());
    assertTrue(Set.of("VALID", "INVALID").containsAll(verdicts), verdicts.toString());
    assertEquals(verdicts.contains("INVALID") ? 1 : 0, exit);
    requireTargets(objects(results, "targets"));
  }

  /** A target was measured or not, and after too few rounds nothing is said about it. */
  private static void requireTargets(List<Map<String, Object>> targets) {
    for (Map<String, Object> target : targets) {
      boolean measured =
          target.containsKey("measured") && number(target, "rounds") >= Target.LEAST_ROUNDS;
      assertTrue(
          (measured ? Set.of("MET", "NOT MET") : Set.of("NOT MEASURED"))
              .contains(target.get("verdict")),
          target.toString());
    }
  }

  private static void requireRows(List<Map<String, Object>> rows) {
    assertTrue(!rows.isEmpty());
    for (Map<String, Object> row : rows) {
      assertTrue(!Json.list(Json.object(row, "placement"), "cpus").isEmpty(), row.toString());
      assertTrue(
          number(row, "medianLowNs") <= number(row, "medianNs")
              && number(row, "medianNs") <= number(row, "medianHighNs"),
          row.toString());
    }
  }

  private static List<Map<String, Object>> rows(Map<String, Object> results) {
    return objects(results, "rows");
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> objects(Map<String, Object> results, String name) {
    return Json.list(results, name).stream().map(one -> (Map<String, Object>) one).toList();
  }

  private static double number(Map<String, Object> row, String name) {
    return ((Number) row.get(name)).doubleValue();
  }

  private static Set<Object> all(List<Map<String, Object>> rows, String name) {
    return rows.stream().map(row -> row.get(name)).collect(Collectors.toSet());
  }

  @Test
  @DisplayName(
      "stages: every stage of the six peers, Java with a ratio to C; through JNA too where that is not usual")
  void stages() throws Exception {
    Map<String, Object> results = quick("stages");
    List<Map<String, Object>> rows = rows(results);
    String javaCalls = Json.object(results, "environment").get("javaCalls").toString();
    assertEquals(Binding.chosen(), javaCalls);
    for (String java : List.of("java-posix-jna", "java-sysv-jna")) {
      assertEquals(javaCalls.equals(Binding.FFM), all(rows, "variant").contains(java), java);
    }
    assertTrue(
        all(rows, "variant")
            .containsAll(
                Set.of(
                    "c-posix",
                    "c-posix (A/A)",
                    "java-posix",
                    "python-posix",
                    "c-sysv",
                    "java-sysv",
                    "python-sysv")),
        all(rows, "variant").toString());
    assertEquals(
        TestRunner.NAME.equals("docker"), all(rows, "variant").contains("java-posix-container"));
    assertTrue(
        all(rows, "stage")
            .containsAll(
                Set.of(
                    "create",
                    "size",
                    "reserve",
                    "attach",
                    "first write",
                    "detach",
                    "reader-attach",
                    "first read",
                    "reader-detach",
                    "remove",
                    "write",
                    "read")),
        all(rows, "stage").toString());
    rows.stream()
        .filter(row -> row.get("variant").equals("java-posix"))
        .forEach(row -> assertEquals("c-posix", row.get("control"), row.toString()));
  }

  @Test
  @DisplayName(
      "channels: the ones that were asked for, in a closed loop and at a rate, and what they were to reach")
  void channels() throws Exception {
    Map<String, Object> results =
        quick(
            "channels",
            "--channels",
            "unix,spin,skmsg,rtering",
            "--pairings",
            C_TO_C + ",java-posix:java-posix",
            "--rounds",
            "10");
    List<Map<String, Object>> rows = rows(results);
    String unsupported = Json.object(results, "unsupported").toString();
    assertEquals(Set.of(C_TO_C, C_TO_C + " (A/A)", "java-posix:java-posix"), all(rows, "variant"));
    boolean twoCpus = Cpus.ofThisProcess().allowed().size() > 1;
    for (String channel : List.of("unix", "spin", "skmsg", "rtering")) {
      boolean mayLack = channel.equals("skmsg") || channel.equals("rtering");
      if (mayLack && unsupported.contains(channel)) {
        continue;
      }
      List<Map<String, Object>> one =
          rows.stream().filter(row -> row.get("channel").equals(channel)).toList();
      assertEquals(twoCpus, all(one, "rate").equals(Set.of(0L, 5_000L)), channel + " " + one);
      boolean spins = channel.equals("spin") || channel.equals("rtering");
      assertEquals(!spins || twoCpus, all(one, "rate").contains(0L), channel + " " + one);
      for (Map<String, Object> row : one) {
        assertEquals(10L, row.get("rounds"), row.toString());
        if (row.get("rate").equals(5_000L)) {
          assertTrue(number(row, "achievedRate") > 0, row.toString());
          assertTrue(number(row, "lateShare") >= 0, row.toString());
        }
      }
      requireVerdict(results, "Java-Java round trip " + channel, one);
    }
  }

  /** As many targets of this begin have a verdict as there are rows for them. */
  private static void requireVerdict(
      Map<String, Object> results, String what, List<Map<String, Object>> rows) {
    Set<Object> wanted =
        objects(results, "targets").stream()
            .filter(target -> target.get("what").toString().startsWith(what + ","))
            .map(target -> target.get("verdict"))
            .collect(Collectors.toSet());
    boolean has = rows.stream().anyMatch(row -> row.get("rate").equals(0L));
    assertEquals(
        has,
        wanted.contains("MET") || wanted.contains("NOT MET"),
        what + " " + wanted + " " + rows);
  }

  @Test
  @DisplayName("channels: where one side lacks something the other one is not waited for")
  void oneSideLacks(@TempDir Path folder) throws Exception {
    Map<String, Object> registry =
        Json.parseObject(Files.readString(Home.find().path().resolve("peers/peers.json")));
    List<Map<String, Object>> peers = new ArrayList<>(objects(registry, "peers"));
    peers.removeIf(peer -> !peer.get("id").equals("java-posix"));
    Map<String, Object> lacks = new LinkedHashMap<>(peers.get(0));
    List<String> command =
        List.of("sh", Path.of(getClass().getResource("/sabotage/lacks.sh").toURI()).toString());
    lacks.put("id", "lacks");
    lacks.put("commands", Map.of("writer", command, "reader", command));
    peers.add(lacks);
    registry.put("peers", peers);
    Path file = Files.writeString(folder.resolve("peers.json"), Json.pretty(registry));
    Map<String, Object> results =
        quick(
            "channels",
            "--channels",
            "futex",
            "--peers",
            file.toString(),
            "--pairings",
            "java-posix:java-posix,java-posix:lacks,lacks:java-posix");
    assertEquals(
        Map.of(
            "java-posix:lacks", "reader lacks: channel futex: no such library",
            "lacks:java-posix", "writer lacks: channel futex: no such library"),
        Json.object(results, "unsupported"));
    assertEquals(
        Set.of("java-posix:java-posix", "java-posix:java-posix (A/A)"),
        all(rows(results), "variant"));
  }

  @Test
  @DisplayName("sizes: both ways in each language, warm messages without page faults, an answer")
  void sizes() throws Exception {
    Map<String, Object> results = quick("sizes", "--sizes", "64,256K", "--rounds", "4");
    List<Map<String, Object>> rows = rows(results);
    assertEquals(Set.of(64L, 256L << 10), all(rows, "sizeBytes"));
    for (String language : List.of("c", "java", "python")) {
      String shared = language + "-posix:" + language + "-posix unix";
      for (String variant : List.of(shared, shared + " (A/A)", shared + "-whole")) {
        assertTrue(all(rows, "variant").contains(variant), variant);
      }
    }
    for (Map<String, Object> row : rows) {
      // 64 pages through two mappings: a first touch would be 128
      assertTrue(number(row, "minorFaults") < 64, row.toString());
      assertTrue(number(row, "cpuNs") >= 0, row.toString());
    }
    List<Map<String, Object>> answers = objects(results, "answers");
    assertEquals(all(rows, "load"), all(answers, "load"));
    long whole =
        rows.stream().filter(row -> row.get("variant").toString().endsWith("-whole")).count();
    assertEquals(whole, 2 * answers.size(), "two sizes in each answer");
  }

  @Test
  @DisplayName("codecs: encode, decode and size of every codec, against raw bytes over the socket")
  void codecs() throws Exception {
    Map<String, Object> results =
        quick("codecs", "--pairings", "c-posix:java-posix", "--rounds", "4");
    List<Map<String, Object>> rows = rows(results);
    assertEquals(Set.of("record", "telemetry", "tensor"), all(rows, "shape"));
    for (String codec : Coded.CODECS) {
      String variant = "c-posix:java-posix " + codec;
      List<Map<String, Object>> one =
          rows.stream().filter(row -> row.get("variant").equals(variant)).toList();
      assertEquals(Set.of("encode", "decode", "end-to-end"), all(one, "stage"), codec);
      for (Map<String, Object> row : one) {
        assertTrue(number(row, "messageBytes") > 0, row.toString());
        assertTrue(number(row, "codecShare") > 0 && number(row, "codecShare") <= 1, row.toString());
      }
    }
    assertEquals(1, objects(results, "answers").size());
  }

  @ParameterizedTest(name = "wrong usage is exit 2: {0}")
  @ValueSource(
      strings = {
        "sizes --sizes 1X",
        "sizes --sizes 0",
        "sizes --sizes 2G",
        "sizes --pairings c-posix",
        "sizes --pairings c-posix:nobody",
        "channels --channels unix-whole",
        "codecs --codecs morse",
        "codecs --shapes cube",
        "stages --rounds -1"
      })
  void usage(String arguments) throws Exception {
    Launched wrong = Launched.run(("bench " + arguments).split(" "));
    assertEquals(2, wrong.exit(), wrong.toString());
    assertTrue(!wrong.stderr().isBlank() && !wrong.stderr().contains("\tat "), wrong.toString());
  }
}
