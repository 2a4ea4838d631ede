// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.Framed;
import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.BpfObjects;
import io.github.shmbed.kernel.Proc;
import io.github.shmbed.kernel.RunId;
import io.github.shmbed.libc.BpfCalls;
import io.github.shmbed.libc.MountCalls;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SocketCalls;
import io.github.shmbed.matrix.Cell;
import io.github.shmbed.matrix.CellRunner;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.HostRunner;
import io.github.shmbed.runner.PeerProcess;
import io.github.shmbed.skmsg.SkmsgManager;
import io.github.shmbed.skmsg.SkmsgWay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The channel skmsg beyond the matrix: its pins, peers that come late or die, a manager that is
 * killed, a million messages, and a machine that lacks the privileges. The managers of the faults
 * are processes, of both languages.
 */
@DisplayName("The channel skmsg")
class SkmsgIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final int MILLION = 1_000_000;

  /** What a million messages that nobody takes cost is some 900 MiB. */
  private static final long MOST_KERNEL_BYTES = 200L << 20;

  private static Home home;
  private static Registry registry;
  private static String lacking; // why there can be no manager here, or null
  private static Set<String> before;

  private HostRunner runner;
  private Path folder;
  private Path payload;
  private Process manager;
  private static int names;

  @BeforeAll
  static void look() throws Exception {
    home = Home.find();
    registry = Registry.load(home.peersFile());
    before = BpfObjects.of(ProcessHandle.current().pid(), home.path());
    try (Session session =
        Session.open(home, run -> new HostRunner(home.path()), null, Duration.ofSeconds(10))) {
      lacking = session.skmsg().orElse(null);
    }
  }

  @AfterAll
  static void noMapOrProgramOfThisProcessStays() throws Exception {
    assertEquals(before, BpfObjects.of(ProcessHandle.current().pid(), home.path()));
  }

  @BeforeEach
  void begin() throws IOException {
    if (lacking != null) {
      Lacking.end(ChannelKind.SKMSG, lacking);
    }
    runner = new HostRunner(home.path());
    folder = Files.createTempDirectory("shmbed-it-skmsg-");
    payload = Files.write(folder.resolve("payload"), new byte[64]);
  }

  @AfterEach
  void end() throws Exception {
    if (runner == null) {
      return;
    }
    runner.close();
    down();
    Files.delete(payload);
    Files.delete(folder); // empty, or something stayed
    try (Stream<Path> segments = Files.list(Path.of("/dev/shm"))) {
      assertTrue(segments.noneMatch(one -> one.getFileName().toString().startsWith(prefix())));
    }
  }

  // ---- managers and peers ----

  /** A manager of its own process. */
  private void up(String language) throws Exception {
    Path managed = Files.createDirectories(folder.resolve("m"));
    Files.setPosixFilePermissions(
        managed, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder builder =
        language.equals("C")
            ? new ProcessBuilder(
                home.path().resolve("peers/c/skmsg/skmsg").toString(),
                "up",
                "--foreground",
                "--dir",
                managed.toString())
            : Launched.builder("skmsg", "up", "--foreground", "--dir", managed.toString());
    manager = builder.redirectErrorStream(true).start();
    await("a manager that is up", () -> isUp(managed));
  }

  private static boolean isUp(Path managed) {
    try {
      return SkmsgManager.status(managed).pinned();
    } catch (NativeCallException notYet) {
      return false;
    }
  }

  private void down() throws Exception {
    Path managed = folder.resolve("m");
    if (manager != null) {
      SkmsgManager.down(managed);
      SkmsgManager.remove(managed);
      assertTrue(manager.waitFor(10, TimeUnit.SECONDS));
      manager = null;
      Files.deleteIfExists(managed);
    }
  }

  private int sockets() {
    return SkmsgManager.status(folder.resolve("m")).sockets();
  }

  private PeerProcess serve(String peer, Role role) throws IOException {
    Peer found =
        registry.runningOn("host").stream()
            .filter(one -> one.id().equals(peer))
            .findFirst()
            .orElseThrow();
    return runner.serve(found, role);
  }

  private static String prefix() {
    return "shmbed-" + new RunId(ProcessHandle.current().pid(), 0, 0) + "-";
  }

  /** What both sides are told: each call names another segment. */
  private String line(String channel, long deadlineMs) {
    return "--layout framed --message-size 64 --name /"
        + prefix()
        + names++
        + " --channel "
        + channel
        + ":"
        + folder.resolve("m/c")
        + " --deadline-ms "
        + deadlineMs;
  }

  private String written(String line) {
    return line + " --payload '" + payload + "'";
  }

  private static Map<String, Object> answer(PeerProcess process) throws Exception {
    return Json.parseObject(process.answer("", DEADLINE));
  }

  private static void assertDone(Map<String, Object> answer, long messages) {
    assertEquals(0L, answer.get("exit"), Json.oneLine(answer));
    Map<String, Object> proof = Json.object(answer, "proof");
    assertEquals(messages + 1, proof.get("sent"), Json.oneLine(proof));
    assertEquals(messages + 2, proof.get("runs"), Json.oneLine(proof));
    assertEquals(messages + 1, proof.get("redirected"), Json.oneLine(proof));
    assertEquals(1L, proof.get("dropped"), Json.oneLine(proof));
    assertEquals(0L, proof.get("tcpSegmentsOut"), Json.oneLine(proof));
  }

  private static void assertError(String errno, Map<String, Object> answer) {
    assertEquals(1L, answer.get("exit"), Json.oneLine(answer));
    assertEquals(errno, Json.object(answer, "error").get("errno"), Json.oneLine(answer));
  }

  private static void signal(String name, long pid) throws Exception {
    // the shell has kill built in; the program comes with procps, which a small system lacks
    assertEquals(0, new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start().waitFor());
  }

  private static void await(String what, BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what + " did not come");
      Thread.sleep(5);
    }
  }

  /**
   * Until messages flow: both sides' sockets are in the maps, and the program runs again and again.
   */
  private void awaitFlow() throws Exception {
    await("messages", () -> SkmsgManager.status(folder.resolve("m")).counts().redirected() > 1000);
  }

  static Stream<String> managersAndChannels() {
    return Stream.of("C", "Java")
        .flatMap(m -> Stream.of("skmsg", "skmsg-pin").map(c -> m + ":" + c));
  }

  // ---- the tests ----

  static Stream<Cell> pinned() throws Exception {
    List<Peer> peers = Registry.load(Home.find().peersFile()).runningOn("host");
    List<Cell> cells = new ArrayList<>();
    for (Peer writer : peers) {
      for (Peer reader : peers) {
        cells.add(new Cell(writer, reader, Framed.one(ChannelKind.SKMSG_PIN)));
        cells.add(new Cell(writer, reader, Framed.stream(ChannelKind.SKMSG_PIN)));
      }
    }
    return cells.stream().filter(Cell::isRunnable);
  }

  @Test
  @DisplayName("by the pins: every pairing, one message and a stream")
  void everyPairingByThePins() throws Exception {
    try (Session session =
        Session.open(home, run -> new HostRunner(home.path()), null, Session.DEFAULT_DEADLINE)) {
      CellRunner cells = new CellRunner(session, List.of());
      for (Cell cell : pinned().toList()) {
        CellResult result = cells.run(cell);
        assertEquals(
            Outcome.PASS,
            result.outcome(),
            cell.id() + ": " + result.reason() + "\n" + String.join("\n", result.log()));
      }
    }
  }

  @ParameterizedTest(name = "{0}: a reader that comes late, dies, and comes back")
  @MethodSource("managersAndChannels")
  void aReaderComesLateAndDiesAndComesBack(String what) throws Exception {
    String channel = what.split(":")[1];
    up(what.split(":")[0]);
    PeerProcess writer = serve("c-posix", Role.WRITER);
    PeerProcess reader = serve("java-posix", Role.READER);

    String line = line(channel, 20_000);
    writer.tell(written(line));
    await("the writer's socket", () -> sockets() == 1); // joined, and nobody to send to
    Thread.sleep(200);
    reader.tell(line);
    assertDone(answer(writer), 1);
    assertDone(answer(reader), 1);

    line = line(channel, 20_000) + " --count 3000000 --window 8";
    writer.tell(written(line));
    reader.tell(line);
    awaitFlow();
    signal("KILL", reader.pid());
    assertError("EPIPE", answer(writer));
    await("the end of the dead reader's entries", () -> sockets() == 0);

    PeerProcess again = serve("python-posix", Role.READER);
    line = line(channel, 20_000) + " --count 500";
    writer.tell(written(line));
    again.tell(line);
    assertDone(answer(writer), 500);
    assertDone(answer(again), 500);
  }

  @ParameterizedTest(name = "{0}: a writer that dies is EPIPE for its reader")
  @CsvSource({"c-posix,java-posix", "java-posix,c-posix", "python-posix,python-posix"})
  void aWriterDies(String writing, String reading) throws Exception {
    up("C");
    PeerProcess writer = serve(writing, Role.WRITER);
    PeerProcess reader = serve(reading, Role.READER);
    String line = line("skmsg", 30_000) + " --count 3000000 --window 8";
    writer.tell(written(line));
    reader.tell(line);
    awaitFlow();
    signal("KILL", writer.pid());
    assertError("EPIPE", answer(reader));
    await("the end of the dead writer's entries", () -> sockets() == 0);
    Files.deleteIfExists(folder.resolve("m/c")); // a killed writer cannot
    Files.delete(Path.of("/dev/shm/" + prefix() + (names - 1)));
  }

  @ParameterizedTest(name = "{0}: its reader is stopped, and it ends at its deadline")
  @ValueSource(strings = {"c-posix", "java-posix", "python-posix"})
  void aReaderThatTakesNothing(String writing) throws Exception {
    up("Java");
    PeerProcess writer = serve(writing, Role.WRITER);
    PeerProcess reader = serve("c-posix", Role.READER);
    String line = line("skmsg", 4_000) + " --count 3000000 --window 8";
    writer.tell(written(line));
    reader.tell(line);
    awaitFlow();
    signal("STOP", reader.pid());
    Map<String, Object> answer = answer(writer);
    assertError("ETIMEDOUT", answer);
    signal("CONT", reader.pid());
    assertEquals(1L, answer(reader).get("exit"));
    assertEquals(0, sockets());
  }

  @ParameterizedTest(name = "{0} manager is killed: no message goes another way unnoticed")
  @ValueSource(strings = {"C", "Java"})
  void theManagerIsKilled(String language) throws Exception {
    up(language);
    PeerProcess writer = serve("c-posix", Role.WRITER);
    PeerProcess reader = serve("java-posix", Role.READER);
    String line = line("skmsg", 30_000) + " --count 300000 --window 8 --no-verify";
    writer.tell(written(line));
    reader.tell(line);
    awaitFlow();
    manager.toHandle().destroyForcibly();
    for (PeerProcess peer : new PeerProcess[] {writer, reader}) {
      Map<String, Object> answer = answer(peer);
      assertEquals(1L, answer.get("exit"), Json.oneLine(answer));
      String errno = String.valueOf(Json.object(answer, "error").get("errno"));
      assertTrue(Set.of("EPIPE", "EPROTO").contains(errno), Json.oneLine(answer));
    }
    assertTrue(SkmsgManager.remove(folder.resolve("m")), "socket and pins of the dead manager");
    up(language.equals("C") ? "Java" : "C"); // and one of the other language goes on
    line = line("skmsg", 20_000);
    writer.tell(written(line));
    reader.tell(line);
    assertDone(answer(writer), 1);
    assertDone(answer(reader), 1);
  }

  @ParameterizedTest(name = "the {0} manager refuses a sender that the program would not run for")
  @ValueSource(strings = {"C", "Java"})
  void unixSendersAreRefused(String language) throws Exception {
    up(language);
    int unix = SocketCalls.socket(SocketCalls.SOCK_STREAM, "test");
    try (SkmsgWay way = SkmsgWay.byManager(folder.resolve("m"))) {
      NativeCallException refused =
          assertThrows(NativeCallException.class, () -> way.join(unix, 0));
      assertEquals("EPROTOTYPE", refused.errnoName());
    } finally {
      PosixCalls.close(unix);
    }
    assertEquals(0, sockets());
  }

  @ParameterizedTest(name = "maps whose program is not attached: {0} says so before any message")
  @ValueSource(strings = {"c-posix", "java-posix", "python-posix"})
  void mapsWithoutTheirProgram(String writing) throws Exception {
    Path pins = Files.createDirectories(folder.resolve("m/bpf"));
    MountCalls.mountBpf("shmbed-it", pins.toString());
    int targets = BpfCalls.createMap(BpfCalls.MAP_TYPE_SOCKHASH, 8, 8, 16, "sabotage");
    int counts = BpfCalls.createMap(BpfCalls.MAP_TYPE_HASH, 8, 24, 16, "sabotage");
    try {
      BpfCalls.pin(targets, pins.resolve("targets").toString());
      BpfCalls.pin(counts, pins.resolve("counts").toString());
      PeerProcess writer = serve(writing, Role.WRITER);
      writer.tell(written(line("skmsg-pin", 10_000)));
      Map<String, Object> answer = answer(writer);
      assertError("EPROTO", answer);
      assertEquals("SKMSG_NOT_DROPPED", Json.object(answer, "error").get("name"));
    } finally {
      PosixCalls.close(targets);
      PosixCalls.close(counts);
      assertTrue(SkmsgManager.remove(folder.resolve("m")));
    }
  }

  @ParameterizedTest(name = "a million messages and a million answers, {0} to {1}")
  @CsvSource({
    "c-posix,c-posix",
    "c-posix,java-posix",
    "java-posix,c-posix",
    "java-posix,java-posix"
  })
  void aMillion(String writing, String reading) throws Exception {
    up("C");
    PeerProcess writer = serve(writing, Role.WRITER);
    PeerProcess reader = serve(reading, Role.READER);
    String line = line("skmsg", 110_000) + " --count " + MILLION + " --window 8 --no-verify";
    long begin = kernelBytes();
    long most = 0;
    long begun = System.nanoTime();
    writer.tell(written(line));
    reader.tell(line);
    await("the sockets", () -> sockets() == 2);
    while (sockets() == 2) {
      most = Math.max(most, kernelBytes() - begin);
      Thread.sleep(20);
    }
    // every message is checked by its number: none is lost, repeated or out of order
    Map<String, Object> written = Json.parseObject(writer.answer("", Duration.ofSeconds(110)));
    Map<String, Object> read = Json.parseObject(reader.answer("", Duration.ofSeconds(110)));
    assertDone(written, MILLION);
    assertDone(read, MILLION);
    System.out.printf(
        "skmsg, %s to %s: %d messages each way in %.1f s, kernel memory (Slab) %+d KiB at most%n",
        writing, reading, MILLION, (System.nanoTime() - begun) / 1e9, most >> 10);
    assertTrue(most < MOST_KERNEL_BYTES, most + " bytes of kernel memory");
    assertTrue((Long) Json.object(written, "proof").get("mostOnTheWay") <= 8);
  }

  /** What the kernel has allocated for itself; the messages' structures are in it. */
  private static long kernelBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("Slab:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new IOException("no Slab in /proc/meminfo");
  }

  @Test
  @DisplayName(
      "kill -9 of a harness with a manager: clean --yes removes its pins, its mount and its folder")
  void aHarnessIsKilled() throws Exception {
    Process harness =
        Launched.builder("pair", "c-posix", "c-posix", "--channel", "skmsg", "--count", "5000000")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    await("pins of a run", () -> !programs(harness.pid()).isEmpty());
    Path program = programs(harness.pid()).get(0);
    List<ProcessHandle> peers = harness.descendants().toList();
    harness.toHandle().destroyForcibly();
    assertTrue(harness.waitFor(10, TimeUnit.SECONDS));
    assertTrue(Files.exists(program), "SIGKILL leaves the pins");
    Launched cleaned = Launched.run("clean", "--yes");
    assertEquals(0, cleaned.exit(), cleaned.toString());
    Path run = program.getParent().getParent().getParent();
    assertFalse(Files.exists(run), cleaned.toString());
    assertFalse(Files.readString(Path.of("/proc/mounts")).contains(run.toString()));
    await("the end of the peers", () -> peers.stream().noneMatch(ProcessHandle::isAlive));
    Launched.run("clean", "--yes"); // what they made after the first one
  }

  /** Pinned programs of a harness's runs. */
  private static List<Path> programs(long pid) {
    try (Stream<Path> runs = Files.list(Path.of("/tmp"))) {
      return runs.filter(run -> run.getFileName().toString().startsWith("shmbed-" + pid + "-"))
          .map(run -> run.resolve("channels/bpf/program"))
          .filter(Files::exists)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  @ParameterizedTest(
      name = "without privileges, SHMBED_REQUIRE=''{1}'': {0} is exit {2}, and skmsg says why")
  @CsvSource({
    "'skmsg-one,unix-one', '', 0", // UNSUPPORTED is no failure
    "skmsg-one, '', 2", // but where nothing else ran, it is no success
    "'skmsg-one,unix-one', skmsg, 1"
  })
  void withoutPrivileges(String cases, String required, int exit) throws Exception {
    assumeTrue(Proc.uid() == 0, "only root can give its privileges up");
    Path results = folder.resolve("results.json");
    ProcessBuilder matrix =
        new ProcessBuilder(
                "setpriv",
                "--bounding-set=-all",
                "--inh-caps=-all",
                home.path().resolve("shmbed").toString(),
                "matrix",
                "--runner=host",
                "--cases=" + cases,
                "--pairings=c-posix:c-posix",
                "--output=" + results)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    matrix.environment().put("SHMBED_REQUIRE", required);
    Process started = matrix.start();
    assertTrue(started.waitFor(60, TimeUnit.SECONDS));
    assertEquals(exit, started.exitValue());
    Map<String, Object> cells = Json.object(Json.parseObject(Files.readString(results)), "cells");
    Files.delete(results);
    Map<String, Object> cell = Json.object(cells, "c-posix:c-posix:skmsg-one");
    assertEquals("UNSUPPORTED", cell.get("outcome"));
    assertEquals(required.isEmpty(), cell.get("declared"));
    String reason = (String) cell.get("reason");
    assertTrue(reason.startsWith("bpf MAP_CREATE skmsg: EPERM (needs CAP_BPF"), reason);
    assertFalse(reason.contains("null"), reason);
  }
}
