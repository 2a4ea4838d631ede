// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.KeyRange;
import io.github.shmbed.kernel.PosixObject;
import io.github.shmbed.kernel.Remains;
import io.github.shmbed.kernel.Run;
import io.github.shmbed.kernel.RunId;
import io.github.shmbed.kernel.SysvObject;
import io.github.shmbed.registry.Home;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A harness is started with a reader that hangs, so that in the middle of its cell there is an
 * object; then it is ended.
 */
@DisplayName("Nothing stays after a run, however it ended")
class CleanIT {
  private static final Duration START = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private Process harness;
  private List<ProcessHandle> peers = List.of();

  @AfterEach
  void end() throws Exception {
    // a peer that hangs outlives its harness
    peers.forEach(ProcessHandle::destroyForcibly);
    if (harness != null) {
      harness.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  /** What one harness owns now. */
  private static List<String> objects(RunId run, KeyRange keys) throws Exception {
    List<String> objects = new ArrayList<>();
    PosixObject.all().stream()
        .map(PosixObject::name)
        .filter(name -> RunId.ofObject(name).filter(run::equals).isPresent())
        .forEach(objects::add);
    SysvObject.all().stream()
        .filter(object -> keys.contains(object.key()))
        .map(SysvObject::describe)
        .forEach(objects::add);
    return objects;
  }

  private static Path runDirectory(long pid) {
    try (Stream<Path> directories = Files.list(Path.of("/tmp"))) {
      return directories
          .filter(
              path ->
                  RunId.ofObject(path.getFileName().toString())
                      .filter(run -> run.pid() == pid)
                      .isPresent())
          .filter(path -> Files.exists(path.resolve("run.json")))
          .findFirst()
          .orElse(null);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void start(String... arguments) throws Exception {
    Path peers =
        Files.writeString(directory.resolve("peers.json"), SabotageRegistry.json(Home.find()));
    List<String> words = new ArrayList<>(List.of(arguments));
    words.addAll(List.of("--peers", peers.toString(), "--deadline-ms", "60000"));
    harness =
        Launched.builder(words.toArray(new String[0]))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
  }

  private record Owned(RunId run, KeyRange keys, Path directory) {
    List<String> objects() throws Exception {
      return CleanIT.objects(run, keys);
    }
  }

  private Owned awaitObject() throws Exception {
    await().atMost(START).until(() -> runDirectory(harness.pid()) != null);
    Path run = runDirectory(harness.pid());
    KeyRange keys =
        new KeyRange(
            Long.decode(
                    Json.text(
                        Json.parseObject(Files.readString(run.resolve("run.json"))), "keyBase"))
                .intValue());
    Owned owned = new Owned(RunId.ofObject(run.getFileName().toString()).orElseThrow(), keys, run);
    await()
        .atMost(START)
        .untilAsserted(
            () ->
                assertEquals(
                    1, owned.objects().size(), Files.readString(directory.resolve("log"))));
    return owned;
  }

  @ParameterizedTest(
      name =
          "kill -9 of a harness with a {0} reader that hangs: clean lists, clean --yes removes, a live run is left alone")
  @ValueSource(strings = {"java-posix hang", "java-sysv hang-sysv"})
  void killed(String pairing) throws Exception {
    start("pair", pairing.split(" ")[0], pairing.split(" ")[1]);
    Owned owned = awaitObject();

    Launched alive = Launched.run("clean", "--yes");
    assertEquals(0, alive.exit(), alive.toString());
    assertFalse(alive.stdout().contains(owned.run().toString()), alive.toString());
    assertEquals(1, owned.objects().size(), "a live run keeps what it has");

    peers = harness.descendants().toList();
    harness.destroyForcibly().waitFor();
    assertEquals(1, owned.objects().size(), "SIGKILL leaves the object");
    Launched listed = Launched.run("clean");
    assertEquals(0, listed.exit(), listed.toString());
    assertTrue(
        listed.stdout().contains("would remove directory " + owned.directory()), listed.toString());
    assertEquals(1, owned.objects().size(), "without --yes nothing is removed");

    Launched cleaned = Launched.run("clean", "--yes");
    assertEquals(0, cleaned.exit(), cleaned.toString());
    assertEquals(List.of(), owned.objects(), cleaned.toString());
    assertFalse(Files.exists(owned.directory()), cleaned.toString());
    assertFalse(Launched.run("clean").stdout().contains(owned.run().toString()));
  }

  @ParameterizedTest(name = "SIGTERM to a harness with a {0} reader that hangs leaves nothing")
  @ValueSource(strings = {"java-posix hang", "java-sysv hang-sysv"})
  void terminated(String pairing) throws Exception {
    start("pair", pairing.split(" ")[0], pairing.split(" ")[1]);
    Owned owned = awaitObject();
    peers = harness.descendants().toList();
    assertFalse(peers.isEmpty());
    harness.destroy();
    assertTrue(harness.waitFor(20, TimeUnit.SECONDS), "it ends");
    assertEquals(List.of(), owned.objects());
    assertFalse(Files.exists(owned.directory()));
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> peers.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  @DisplayName(
      "kill -9 of a harness in the middle of a matrix: clean --yes removes its containers too")
  void killedInAMatrix() throws Exception {
    harness =
        Launched.builder(
                "matrix",
                "--runner",
                TestRunner.NAME,
                "--pairings",
                "c-posix:c-posix,c-sysv:c-sysv",
                "--output",
                directory.resolve("r.json").toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    await().atMost(START).until(() -> runDirectory(harness.pid()) != null);
    Path run = runDirectory(harness.pid());
    RunId id = RunId.ofObject(run.getFileName().toString()).orElseThrow();
    if (TestRunner.NAME.equals("docker")) {
      await().atMost(START).until(() -> !containers(id).isEmpty());
    }
    harness.destroyForcibly().waitFor();
    Launched cleaned = Launched.run("clean", "--yes");
    assertEquals(0, cleaned.exit(), cleaned.toString());
    assertFalse(Files.exists(run), cleaned.toString());
    assertTrue(
        PosixObject.all().stream()
            .noneMatch(object -> RunId.ofObject(object.name()).filter(id::equals).isPresent()));
    if (TestRunner.NAME.equals("docker")) {
      assertEquals("", containers(id));
    }
  }

  private static String containers(RunId run) throws Exception {
    Process docker =
        new ProcessBuilder(
                "docker",
                "ps",
                "--all",
                "--quiet",
                "--filter",
                "label=" + Run.CONTAINER_LABEL + "=" + run)
            .redirectErrorStream(true)
            .start();
    String text =
        new String(docker.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(0, docker.waitFor(), text);
    return text;
  }

  @Test
  @DisplayName("an object at a default name that came to be used after it was listed stays")
  void defaultNameInUseAgain() throws Exception {
    try (TestDefaults names = TestDefaults.hold()) {
      names.requireFree("/shm_posix");
    }
    PosixSegment.createExclusively("/shm_posix", 100, 0600).close();
    try {
      Remains.Item found =
          Remains.find(Home.find().path()).stream()
              .filter(item -> item.what().startsWith("/dev/shm/shm_posix,"))
              .findFirst()
              .orElseThrow();
      try (Segment used = PosixSegment.openExisting("/shm_posix", Access.READ_ONLY)) {
        assertEquals(100, used.sizeBytes());
        IOException kept = assertThrows(IOException.class, found.remover()::remove);
        assertTrue(kept.getMessage().contains("in use"), kept.getMessage());
      }
      assertTrue(Files.exists(Path.of("/dev/shm/shm_posix")));
      found.remover().remove();
      assertFalse(Files.exists(Path.of("/dev/shm/shm_posix")));
      PosixSegment.createExclusively("/shm_posix", 100, 0600).close();
      assertThrows(IOException.class, found.remover()::remove, "another object of that name");
    } finally {
      PosixSegment.unlink("/shm_posix");
    }
  }

  @Test
  @DisplayName("an object at a default name that nobody maps is listed and removed")
  void defaultName() throws Exception {
    try (TestDefaults names = TestDefaults.hold()) {
      names.requireFree("/shm_posix");
      Launched writer = Launched.run("writer", "100B");
      assertEquals(0, writer.exit(), writer.toString());
    }
    Launched listed = Launched.run("clean");
    assertTrue(listed.stdout().contains("would remove /dev/shm/shm_posix"), listed.toString());
    Launched cleaned = Launched.run("clean", "--yes");
    assertTrue(cleaned.stdout().contains("removed /dev/shm/shm_posix"), cleaned.toString());
    assertFalse(Files.exists(Path.of("/dev/shm/shm_posix")));
  }
}
