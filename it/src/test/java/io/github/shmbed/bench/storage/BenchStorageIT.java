// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.command.BenchCommand;
import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.PosixObject;
import io.github.shmbed.kernel.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@DisplayName("bench storage")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BenchStorageIT {
  private Map<String, Object> results;
  private int exitCode;
  private Path charts;

  /** How fast things are decides nothing here: the machine is shared with other tests. */
  @BeforeAll
  void aQuickRun(@TempDir Path folder) throws IOException {
    charts = folder.resolve("charts");
    Path file = folder.resolve("results.json");
    exitCode =
        new CommandLine(new BenchCommand())
            .execute(
                "storage", "--quick", "--output", file.toString(), "--charts", charts.toString());
    results = Json.parseObject(Files.readString(file));
    for (String chart : List.of("storage-read.svg", "storage-write.svg", "storage-process.svg")) {
      assertTrue(
          Files.readString(charts.resolve(chart)).endsWith("</svg>\n")
              || Files.size(charts.resolve(chart)) > 10_000,
          chart);
    }
  }

  @Test
  void theExitCodeIsThatOfTheChecks() {
    Set<String> verdicts =
        Json.list(results, "checks").stream()
            .map(check -> text(check, "verdict"))
            .collect(Collectors.toSet());
    assertTrue(Set.of("VALID", "INVALID").containsAll(verdicts), verdicts.toString());
    assertEquals(verdicts.contains("INVALID") ? 1 : 0, exitCode);
  }

  @Test
  void thePartsOfEveryProgramOfOursAreChecked() {
    Set<String> programs =
        Json.list(results, "checks").stream()
            .map(check -> text(check, "program"))
            .collect(Collectors.toSet());
    assertTrue(
        programs.containsAll(Set.of("empty", "shm_read", "file_read, tmpfs")), programs.toString());
  }

  @Test
  void everyWayHasRowsInBothLanguagesOrAReason() {
    Set<String> variants =
        Json.list(results, "rows").stream()
            .map(row -> text(row, "variant"))
            .collect(Collectors.toSet());
    Map<String, Object> unsupported = Json.object(results, "unsupported");
    for (Way way : Way.values()) {
      for (String language : List.of("c", "java")) {
        String variant = StorageBench.variant(language, way);
        assertTrue(
            way.isHuge() || variants.contains(variant) || unsupported.containsKey(variant),
            variant);
      }
    }
  }

  @Test
  void aWarmCopyFaultsOnNothingAndAFirstTouchOnEveryPageWritten() {
    assertTrue(faults("c posix-mmap", "write warm", 1 << 20) < 1);
    assertTrue(faults("java posix-mmap", "write warm", 1 << 20) < 1);
    assertTrue(faults("c posix-mmap", "write first", 1 << 20) >= 256);
    assertTrue(faults("java sysv", "write first", 1 << 20) >= 256);
    assertTrue(faults("c posix-rw", "write first", 1 << 20) < 1);
  }

  @Test
  void everyLanguageOperationAndStateHasAnAnswerForEverySize() {
    List<Object> answers = Json.list(results, "answers");
    assertEquals(8, answers.size(), answers.toString());
    for (Object answer : answers) {
      assertEquals(2, Json.list(object(answer), "sizes").size(), answer.toString());
      boolean all =
          Json.list(object(answer), "sizes").stream()
              .allMatch(size -> object(size).get("asExpected").equals(true));
      assertEquals(all, object(answer).get("asExpected"), answer.toString());
    }
  }

  @Test
  void theEnvironmentSaysWhatPagesAndTheDiskAre() throws IOException {
    Map<String, Object> environment = Json.object(results, "environment");
    String thp = "/sys/kernel/mm/transparent_hugepage/shmem_enabled";
    assertEquals(
        Files.isReadable(Path.of(thp)) ? Files.readString(Path.of(thp)).strip() : null,
        Json.object(environment, "hugePages").get(thp));
    assertTrue(environment.get("loadAverage").toString().matches("[0-9.]+ [0-9.]+ [0-9.]+"));
    assertFalse(environment.get("diskFileSystem").toString().isBlank());
  }

  @Test
  void everyRowSaysWhereItRanAndHasAnInterval() {
    for (Object element : Json.list(results, "rows")) {
      Map<String, Object> row = object(element);
      assertEquals(1, Json.list(Json.object(row, "placement"), "cpus").size(), row.toString());
      assertTrue(
          number(row, "medianLowNs") <= number(row, "medianNs")
              && number(row, "medianNs") <= number(row, "medianHighNs"),
          row.toString());
      assertTrue(number(row, "n") >= number(row, "rounds"), row.toString());
    }
  }

  @Test
  void nothingIsLeft() throws IOException {
    for (PosixObject object : PosixObject.all()) {
      assertFalse(
          RunId.ofObject(object.name()).filter(BenchStorageIT::isOurs).isPresent(),
          object.toString());
    }
    long own = ProcessHandle.current().pid();
    try (var left = Files.newDirectoryStream(Path.of("/tmp"), "shmbed-" + own + "-*")) {
      assertFalse(left.iterator().hasNext());
    }
  }

  private static boolean isOurs(RunId run) {
    return run.pid() == ProcessHandle.current().pid();
  }

  private double faults(String variant, String stage, long sizeBytes) {
    return Json.list(results, "rows").stream()
        .map(BenchStorageIT::object)
        .filter(
            row ->
                variant.equals(row.get("variant"))
                    && stage.equals(row.get("stage"))
                    && row.get("sizeBytes").equals(sizeBytes))
        .mapToDouble(row -> number(row, "minorFaults") + number(row, "majorFaults"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row " + variant + ", " + stage));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object element) {
    return (Map<String, Object>) element;
  }

  private static String text(Object element, String name) {
    return String.valueOf(object(element).get(name));
  }

  private static double number(Map<String, Object> row, String name) {
    return ((Number) row.get(name)).doubleValue();
  }
}
