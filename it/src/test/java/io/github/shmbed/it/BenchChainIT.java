// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.bench.chain.ChainLink;
import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How fast things are decides nothing here: the machine is shared with other tests. */
@DisplayName("bench chain")
class BenchChainIT {
  private static List<Map<String, Object>> objects(Map<String, Object> results, String name) {
    return Json.list(results, name).stream().map(Json::asObject).toList();
  }

  @ParameterizedTest(name = "{0}: every link passes every size on")
  @ValueSource(strings = {"c,java,python", "python,c,java", "java,python,c"})
  void links(String languages) throws Exception {
    Set<String> leftBefore = left();
    Launched run =
        Launched.run(
            "bench",
            "chain",
            "--quick",
            "--languages",
            languages,
            "--sizes",
            "24,4K,1M",
            "--format",
            "json");
    assertEquals(0, run.exit(), run.toString());
    Map<String, Object> results = Json.parseObject(run.stdout());
    List<Map<String, Object>> rows = objects(results, "rows");
    Set<String> unsupported = Json.object(results, "unsupported").keySet();
    // What a machine may lack; everything else must be there.
    assertTrue(Set.of("skmsg", "rtering").containsAll(unsupported), unsupported.toString());
    List<String> links =
        Arrays.stream(ChainLink.values())
            .map(ChainLink::id)
            .filter(id -> !unsupported.contains(id))
            .toList();
    for (String link : links) {
      Set<String> loads =
          rows.stream()
              .filter(row -> row.get("variant").equals(link))
              .map(row -> row.get("sizeBytes") + " at " + row.get("rate"))
              .collect(Collectors.toSet());
      assertEquals(Set.of("24 at 0", "4096 at 0", "1048576 at 0", "16384 at 100"), loads, link);
    }
    for (Map<String, Object> row : rows) {
      assertEquals("hop", row.get("stage"));
      assertTrue(((Number) row.get("medianNs")).doubleValue() > 0, row.toString());
      assertTrue(((Number) row.get("busyCpus")).doubleValue() >= 0, row.toString());
    }
    assertEquals(3, objects(results, "targets").size());
    Map<String, Object> environment = Json.object(results, "environment");
    assertEquals("host", environment.get("runner"));
    assertTrue(environment.containsKey("loadAverage"), environment.toString());
    Set<String> leftNow = left();
    leftNow.removeAll(leftBefore);
    assertEquals(Set.of(), leftNow);
  }

  @Test
  @DisplayName("two processes are a ring, and --help and the tables say what a hop is")
  void tables() throws Exception {
    Launched run = Launched.run("bench", "chain", "--quick", "--hops", "2", "--languages", "c");
    assertEquals(0, run.exit(), run.toString());
    for (String word : List.of("time a hop", "CPU a hop", "CPUs busy", "unix-whole", "1 KiB")) {
      assertTrue(run.stdout().contains(word), word + " in " + run);
    }
  }

  @ParameterizedTest(name = "{0} is a usage error")
  @ValueSource(
      strings = {"--hops=1", "--hops=33", "--languages=perl", "--links=spin", "--sizes=25"})
  void usage(String option) throws Exception {
    Launched run = Launched.run("bench", "chain", option);
    assertEquals(2, run.exit(), run.toString());
    assertTrue(run.stderr().contains(option.substring(option.indexOf('=') + 1)), run.toString());
  }

  /** Segments of runs that have ended: what this test's runs leave, and nobody removes. */
  private static Set<String> left() throws IOException {
    try (Stream<Path> objects = Files.list(Path.of("/dev/shm"))) {
      return objects
          .map(path -> path.getFileName().toString())
          .filter(name -> RunId.ofObject(name).filter(id -> !id.isLive()).isPresent())
          .collect(Collectors.toSet());
    }
  }
}
