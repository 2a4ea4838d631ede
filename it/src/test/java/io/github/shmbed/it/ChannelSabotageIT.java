// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.Case;
import io.github.shmbed.cases.Cases;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.Framed;
import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.RunId;
import io.github.shmbed.kernel.SysvObject;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.MqCalls;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.matrix.Cell;
import io.github.shmbed.matrix.CellRunner;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.HostRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every real peer of the framed layout against a {@link LyingPeer}. */
@DisplayName("Peers that lie in the framed layout are found out")
class ChannelSabotageIT {
  /** Three messages, two on the way: the second one's descriptor lies. */
  private static final String CASE = "framed-bytes";

  /** The same over the channel whose descriptors lie in shared memory themselves. */
  private static final Case RING =
      new Framed("rtering-bytes", "three messages", ChannelKind.RTERING, "", 70_001, 3, 2);

  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private static Path lie;
  private static Session session;
  private static CellRunner runner;

  @BeforeAll
  static void open() throws Exception {
    Home home = Home.find();
    lie = Files.createTempFile("shmbed-it-", ".lie");
    session = Session.open(home, run -> new HostRunner(home.path()), 1L, DEADLINE);
    runner = new CellRunner(session, List.of());
  }

  @AfterAll
  static void close() throws Exception {
    session.close();
    Files.delete(lie);
    assertFalse(Files.exists(session.run().directory()), "the run's directory is removed");
  }

  @AfterEach
  void nothingStays() throws Exception {
    try (Stream<Path> objects = Files.list(Path.of("/dev/shm"))) {
      assertEquals(
          List.of(),
          objects
              .filter(
                  object ->
                      RunId.ofObject(object.getFileName().toString())
                          .filter(session.run().id()::equals)
                          .isPresent())
              .toList(),
          "the gate removed what the cell left");
    }
  }

  static Stream<Peer> peers() throws Exception {
    return Registry.load(Home.find().peersFile()).runningOn("host").stream()
        .filter(peer -> peer.layouts().contains("framed") && peer.channels().contains("unix"));
  }

  private static Stream<Arguments> product(Map<String, String> lies) throws Exception {
    List<Arguments> product = new ArrayList<>();
    for (Peer peer : peers().toList()) {
      lies.forEach((one, rule) -> product.add(Arguments.of(one, peer.id(), rule, peer)));
    }
    return product.stream();
  }

  static Stream<Arguments> headerLies() throws Exception {
    return product(LyingPeer.HEADER_LIES);
  }

  static Stream<Arguments> descriptorLies() throws Exception {
    return product(LyingPeer.DESCRIPTOR_LIES);
  }

  static Stream<Arguments> acknowledgementLies() throws Exception {
    return product(LyingPeer.ACKNOWLEDGEMENT_LIES);
  }

  private static Peer liar(Api api) throws Exception {
    return new Peer(
        "liar-" + api.id(),
        "Java",
        api,
        Set.of("host"),
        false,
        null,
        ".",
        Map.of(
            Role.WRITER, TestJvm.command(LyingPeer.class, lie.toString(), "writer"),
            Role.READER, TestJvm.command(LyingPeer.class, lie.toString(), "reader")),
        List.of("framed"),
        List.of("unix", "rtering"),
        List.of("raw", "struct"));
  }

  private static CellResult run(String what, Peer writer, Peer reader) throws Exception {
    return run(what, writer, reader, Cases.find(CASE).orElseThrow());
  }

  private static CellResult run(String what, Peer writer, Peer reader, Case one) throws Exception {
    Files.writeString(lie, what);
    return runner.run(new Cell(writer, reader, one));
  }

  /** The peer says itself what is wrong, by the rule's name, and lives on. */
  private static void assertRule(String call, String rule, CellResult result, Role honest) {
    String log = String.join("\n", result.log());
    assertEquals(Outcome.ERROR, result.outcome(), result.reason() + "\n" + log);
    assertTrue(result.reason().startsWith(honest.id() + " "), result.reason());
    assertTrue(result.reason().contains(rule), result.reason());
    Map<String, Object> error = Json.object(result.answers().get(honest.id()), "error");
    assertEquals(rule, error.get("name"), log);
    assertEquals(call, error.get("call"), log);
    assertEquals(rule.equals("STALE_GENERATION") ? "ESTALE" : "EBADMSG", error.get("errno"), log);
  }

  private static long pid(CellResult result, Role role) {
    return Json.integer(result.answers().get(role.id()), "pid", -1);
  }

  @ParameterizedTest(name = "the control: {0} reads what an honest peer of the same kind writes")
  @MethodSource("peers")
  void control(Peer peer) throws Exception {
    CellResult result = run(LyingPeer.HONEST, liar(peer.api()), peer);
    assertEquals(Outcome.PASS, result.outcome(), result.reason());
  }

  @ParameterizedTest(name = "the control: {0} writes what an honest peer of the same kind reads")
  @MethodSource("peers")
  void controlOfReaders(Peer peer) throws Exception {
    CellResult result = run(LyingPeer.HONEST, peer, liar(peer.api()));
    assertEquals(Outcome.PASS, result.outcome(), result.reason());
  }

  @ParameterizedTest(name = "a reader that never checks a CRC32C is an ERROR: {0} writes")
  @MethodSource("peers")
  void neverChecks(Peer writer) throws Exception {
    CellResult result = run(LyingPeer.NEVER_CHECKS, writer, liar(writer.api()));
    assertEquals(Outcome.ERROR, result.outcome(), result.reason());
    assertEquals(
        "reader " + liar(writer.api()).id() + ": says nothing of CRC32Cs, crcMismatches is null",
        result.reason());
  }

  @ParameterizedTest(name = "a header with {0}: {1} says {2}")
  @MethodSource("headerLies")
  void header(String what, String id, String rule, Peer reader) throws Exception {
    assertRule("header", rule, run(what, liar(reader.api()), reader), Role.READER);
  }

  @ParameterizedTest(name = "a descriptor with {0}: {1} says {2}, and goes on living")
  @MethodSource("descriptorLies")
  void descriptor(String what, String id, String rule, Peer reader) throws Exception {
    CellResult result = run(what, liar(reader.api()), reader);
    assertRule("descriptor", rule, result, Role.READER);
    CellResult next = run(LyingPeer.HONEST, liar(reader.api()), reader);
    assertEquals(Outcome.PASS, next.outcome(), next.reason());
    assertEquals(pid(result, Role.READER), pid(next, Role.READER), "the same process");
  }

  @ParameterizedTest(name = "a descriptor in a ring with {0}: {1} says {2}")
  @MethodSource("descriptorLies")
  void descriptorInRing(String what, String id, String rule, Peer reader) throws Exception {
    CellResult honest = run(LyingPeer.HONEST, liar(reader.api()), reader, RING);
    if (honest.outcome() == Outcome.UNSUPPORTED) {
      Lacking.end(ChannelKind.RTERING, honest.reason());
    }
    assertEquals(Outcome.PASS, honest.outcome(), honest.reason());
    assertRule("descriptor", rule, run(what, liar(reader.api()), reader, RING), Role.READER);
  }

  @ParameterizedTest(name = "a reader that {0}: {1} says {2}")
  @MethodSource("acknowledgementLies")
  void acknowledgement(String what, String id, String rule, Peer writer) throws Exception {
    assertRule("descriptor", rule, run(what, writer, liar(writer.api())), Role.WRITER);
  }

  @ParameterizedTest(name = "a writer that skips the synchronisation is a MISMATCH: {0} reads")
  @MethodSource("peers")
  void noSynchronisation(Peer reader) throws Exception {
    CellResult result = run(LyingPeer.NO_SYNCHRONISATION, liar(reader.api()), reader);
    assertEquals(Outcome.MISMATCH, result.outcome(), result.reason());
    assertTrue(
        result.reason().startsWith("what the reader " + reader.id() + " saw (message 1 of 3)"),
        result.reason());
    assertTrue(
        Json.integer(result.answers().get("reader"), "crcMismatches", 0) > 0,
        "the reader noticed too");
    assertFalse(result.isAcceptable());
  }

  @ParameterizedTest(name = "right bytes under a wrong CRC32C are a MISMATCH: {0} reads")
  @MethodSource("peers")
  void wrongCrc(Peer reader) throws Exception {
    CellResult result = run(LyingPeer.WRONG_CRC, liar(reader.api()), reader);
    assertEquals(Outcome.MISMATCH, result.outcome(), result.reason());
    assertEquals(
        "what the reader "
            + reader.id()
            + " saw has another CRC32C than its descriptor says in 1 messages, first in message 2",
        result.reason());
  }

  @ParameterizedTest(name = "a writer with one wrong value is a MISMATCH: {0} decodes")
  @MethodSource("peers")
  void wrongValue(Peer reader) throws Exception {
    Files.writeString(lie, LyingPeer.WRONG_VALUE);
    Case records = Cases.find("codec-struct-record").orElseThrow();
    CellResult result = runner.run(new Cell(liar(reader.api()), reader, records));
    assertEquals(Outcome.MISMATCH, result.outcome(), result.reason());
    assertTrue(
        result.reason().startsWith("what the reader " + reader.id() + " decoded (message 2, x)"),
        result.reason());
    assertFalse(result.isAcceptable());
    Files.writeString(lie, LyingPeer.HONEST);
    CellResult honest = runner.run(new Cell(liar(reader.api()), reader, records));
    assertEquals(Outcome.PASS, honest.outcome(), honest.reason());
  }

  @ParameterizedTest(name = "a writer that copies a tensor is an ERROR: {0} decodes")
  @MethodSource("peers")
  void copies(Peer reader) throws Exception {
    Case tensors = Cases.find("codec-struct-tensor").orElseThrow();
    Peer writer = liar(reader.api());
    CellResult honest = run(LyingPeer.HONEST, writer, reader, tensors);
    assertEquals(Outcome.PASS, honest.outcome(), honest.reason());
    CellResult result = run(LyingPeer.COPIES, writer, reader, tensors);
    assertEquals(Outcome.ERROR, result.outcome(), result.reason());
    assertTrue(
        result.reason().startsWith("writer " + writer.id() + ": has a stage write"),
        result.reason());
  }

  @ParameterizedTest(name = "right values in wrong bytes are a MISMATCH: {0} decodes")
  @MethodSource("peers")
  void strayByte(Peer reader) throws Exception {
    Files.writeString(lie, LyingPeer.STRAY_BYTE);
    Case tensors = Cases.find("codec-struct-tensor").orElseThrow();
    Peer writer = liar(reader.api());
    CellResult result = runner.run(new Cell(writer, reader, tensors));
    assertEquals(Outcome.MISMATCH, result.outcome(), result.reason());
    assertTrue(
        result.reason().startsWith("what the writer " + writer.id() + " encoded"), result.reason());
  }

  @ParameterizedTest(name = "half a descriptor is no message: {0} says that its peer closed")
  @MethodSource("peers")
  void halfADescriptor(Peer reader) throws Exception {
    CellResult result = run(LyingPeer.HALF_A_DESCRIPTOR, liar(reader.api()), reader);
    assertEquals(Outcome.ERROR, result.outcome(), result.reason());
    Map<String, Object> error = Json.object(result.answers().get("reader"), "error");
    assertEquals("EPIPE", error.get("errno"), result.reason());
  }

  @ParameterizedTest(
      name = "{0}: a reader that dies is a CRASH, its writer is ended, nothing stays")
  @ValueSource(strings = {"posix-mq", "posix-sem", "sysv-msg", "fifo", "eventfd", "rtering"})
  void deadReader(String channel) throws Exception {
    Peer writer = peers().filter(peer -> peer.id().equals("c-posix")).findFirst().orElseThrow();
    Path script = Path.of(ChannelSabotageIT.class.getResource("/sabotage/crash.sh").toURI());
    List<String> dies = List.of("sh", script.toString(), "KILL");
    Peer reader =
        new Peer(
            "dies",
            "shell",
            Api.POSIX,
            Set.of("host"),
            false,
            null,
            ".",
            Map.of(Role.READER, dies),
            List.of("framed"),
            writer.channels(),
            List.of("raw"));
    CellResult result =
        runner.run(new Cell(writer, reader, Cases.find(channel + "-one").orElseThrow()));
    assertEquals(Outcome.CRASH, result.outcome(), result.reason());
    assertTrue(result.reason().startsWith("reader dies: died by SIGKILL"), result.reason());
    assertTrue(result.durationNs() < DEADLINE.toNanos(), result.durationNs() + " ns");

    String name = session.run().id().posixName(session.run().nextNumber() - 1);
    if (channel.equals("posix-mq")) {
      assertTrue(result.leaks().contains("message queue " + name + ".r"), "" + result.leaks());
    }
    for (String queue : new String[] {name + ".r", name + ".w"}) {
      NativeCallException gone =
          assertThrows(NativeCallException.class, () -> MqCalls.open(queue, true));
      assertEquals(Errno.ENOENT, gone.errno(), gone.getMessage());
    }
    assertEquals(
        List.of(),
        SysvObject.all().stream()
            .filter(object -> session.run().keys().contains(object.key()))
            .map(SysvObject::describe)
            .toList());
    try (Stream<Path> files = Files.list(session.run().channels())) {
      assertEquals(List.of(), files.toList());
    }
  }
}
