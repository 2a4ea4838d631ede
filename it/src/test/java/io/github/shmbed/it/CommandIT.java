// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.Case;
import io.github.shmbed.cases.Cases;
import io.github.shmbed.json.Json;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The commands")
class CommandIT {
  private static final int PAGE = 4096;
  private static final String SHA256_OF_999_A =
      "d9fe27f3d807a7c46467325f7189495e82b099ce2e14c5b16cc76697fa909f81";

  @ParameterizedTest(name = "pair {0} {0} shows both sides''s stages, the verdict and the SHA-256")
  @CsvSource({
    "java-posix, create;size;reserve;attach;write, reader-attach;read;detach;remove",
    "java-sysv, create;attach;write, reader-attach;read"
  })
  void pair(String peer, String writerStages, String readerStages) throws Exception {
    Launched pair = Launched.run("pair", peer, peer, "--size", "1000B");
    assertEquals(0, pair.exit(), pair.toString());
    assertTrue(
        pair.stdout().contains("PASS  text length 999  sha256 " + SHA256_OF_999_A),
        pair.toString());
    for (String stage : (writerStages + ";" + readerStages).split(";")) {
      assertTrue(pair.stdout().contains(" " + stage + " "), stage + " in " + pair);
    }
  }

  @Test
  @DisplayName("pair across the tested runner gives the cell as JSON")
  void pairAsJson() throws Exception {
    Launched pair =
        Launched.run(
            "pair",
            "c-posix",
            "python-posix",
            "--case",
            "classic-bytes",
            "--runner",
            TestRunner.NAME,
            "--seed",
            "5",
            "--format",
            "json");
    assertEquals(0, pair.exit(), pair.toString());
    Map<String, Object> json = Json.parseObject(pair.stdout());
    assertEquals("PASS", json.get("outcome"));
    assertEquals(5L, json.get("seed"));
    assertEquals("c-posix:python-posix:classic-bytes", json.get("cell"));
    assertTrue(Json.object(Json.object(json, "writer"), "stages").get("write") instanceof Long);
  }

  @Test
  @DisplayName("list names every case")
  void list() throws Exception {
    Launched list = Launched.run("list");
    assertEquals(0, list.exit(), list.toString());
    for (Case one : Cases.all()) {
      assertTrue(list.stdout().contains("  " + one.name() + " "), one.name());
    }
    assertTrue(list.stdout().contains("  java-posix:c-posix\n"), list.toString());
    Map<String, Object> json = Json.parseObject(Launched.run("list", "--format", "json").stdout());
    assertEquals(Cases.all().size(), Json.list(json, "cases").size());
  }

  @Test
  @DisplayName(
      "matrix --format json prints what it writes to --output, and progress goes to stderr")
  void matrixAsJson(@TempDir Path directory) throws Exception {
    Path output = directory.resolve("results.json");
    Launched matrix =
        Launched.run(
            "matrix",
            "--pairings",
            "java-posix:java-posix",
            "--cases",
            "classic-1*B",
            "--format",
            "json",
            "--output",
            output.toString());
    assertEquals(0, matrix.exit(), matrix.toString());
    Map<String, Object> printed = Json.parseObject(matrix.stdout());
    assertEquals(Json.parseObject(Files.readString(output)), printed);
    assertEquals(1L, printed.get("schema"));
    assertEquals(
        Map.of("PASS", (long) Json.object(printed, "cells").size()), printed.get("summary"));
    assertTrue(
        Json.object(printed, "environment")
            .keySet()
            .containsAll(
                List.of("kernel", "jdk", "cpus", "devShmBytes", "runner", "seed", "runId")));
  }

  @Test
  @DisplayName("matrix ends with N passed, M failed")
  void matrixLastLine(@TempDir Path directory) throws Exception {
    Launched matrix =
        Launched.run(
            "matrix",
            "--pairings",
            "java-sysv:java-sysv",
            "--cases",
            "classic-bytes,classic-reuse",
            "--output",
            directory.resolve("r.json").toString());
    assertEquals(0, matrix.exit(), matrix.toString());
    assertTrue(matrix.stdout().endsWith("\n2 passed, 0 failed\n"), matrix.toString());
  }

  @ParameterizedTest(name = "wrong usage is exit 2: {0}")
  @ValueSource(
      strings = {
        "matrix --cases nonsense",
        "matrix --writers nonsense",
        "matrix --shard 3/2",
        "matrix --runner moon",
        "matrix --nonsense",
        "nonsense",
        "pair java-posix nonsense",
        "pair java-posix c-sysv",
        "pair java-posix c-posix --size 0B",
        "repro java-posix:c-posix",
        "repro a:b:c"
      })
  void usage(String arguments) throws Exception {
    Launched wrong = Launched.run(arguments.split(" "));
    assertEquals(2, wrong.exit(), wrong.toString());
    assertTrue(!wrong.stderr().isBlank() && !wrong.stderr().contains("\tat "), wrong.toString());
  }

  @Test
  @DisplayName("an unknown case is answered with those there are")
  void unknownCase() throws Exception {
    Launched wrong = Launched.run("matrix", "--cases", "nonsense");
    assertTrue(
        wrong.stderr().contains("no case is called 'nonsense'")
            && wrong.stderr().contains("classic-reuse"),
        wrong.toString());
  }

  @Test
  @DisplayName("repro shows the command lines and answers of both sides")
  void repro() throws Exception {
    Launched repro = Launched.run("repro", "java-posix:java-posix:classic-bytes", "--seed", "3");
    assertEquals(0, repro.exit(), repro.toString());
    assertTrue(
        repro.stdout().contains("./shmbed writer --payload '/tmp/shmbed-"), repro.toString());
    assertTrue(repro.stdout().contains("./shmbed reader "), repro.toString());
    assertTrue(
        repro.stdout().contains("seed 3") && repro.stdout().contains("\"role\":\"reader\""),
        repro.toString());
  }

  @Test
  @DisplayName(
      "ls shows a segment of 3 GiB while it is mapped, by whom, and how little of it is resident")
  void lsShowsALargeSegment() throws Exception {
    long size = 3L << 30;
    long pid = ProcessHandle.current().pid();
    Path object = Path.of("/dev/shm/shmbed-it-test-" + pid);
    String name = "/" + object.getFileName();
    Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rw-------");
    try (FileChannel channel =
        FileChannel.open(
            object,
            Set.of(CREATE_NEW, READ, WRITE),
            PosixFilePermissions.asFileAttribute(ownerOnly))) {
      MappedByteBuffer lastPage = channel.map(MapMode.READ_WRITE, size - PAGE, PAGE);
      lastPage.put(PAGE - 1, (byte) 7);
      Map<String, Object> entry = ls(name);
      assertEquals(size, entry.get("sizeBytes"));
      assertEquals((long) PAGE, entry.get("residentBytes"));
      assertEquals("0600", entry.get("mode"));
      List<Object> pids = new ArrayList<>();
      Json.list(entry, "mappedBy").forEach(holder -> pids.add(((Map<?, ?>) holder).get("pid")));
      assertEquals(List.of(pid), pids);
      assertTrue(Launched.run("ls").stdout().contains(name + " "));
      assertEquals(7, lastPage.get(PAGE - 1));
    } finally {
      Files.deleteIfExists(object);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> ls(String name) throws Exception {
    Launched ls = Launched.run("ls", "--json");
    assertEquals(0, ls.exit(), ls.toString());
    return (Map<String, Object>)
        Json.list(Json.parseObject(ls.stdout()), "objects").stream()
            .filter(object -> name.equals(((Map<?, ?>) object).get("name")))
            .findFirst()
            .orElseThrow();
  }

  @Test
  @DisplayName("--help lists the launcher's commands too")
  void help() throws Exception {
    Launched help = Launched.run("--help");
    assertEquals(0, help.exit(), help.toString());
    for (String command :
        "demo verify pair matrix list repro ls clean doctor setup writer reader cleaner skmsg completion"
            .split(" ")) {
      assertTrue(help.stdout().contains("  " + command + " "), command);
    }
    assertTrue(Launched.run("completion").stdout().contains("complete "), "a completion script");
  }
}
