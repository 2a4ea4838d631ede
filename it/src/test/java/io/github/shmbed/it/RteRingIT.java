// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.Framed;
import io.github.shmbed.json.Json;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.matrix.Cell;
import io.github.shmbed.matrix.CellRunner;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.ExitStatus;
import io.github.shmbed.runner.HostRunner;
import io.github.shmbed.runner.PeerProcess;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixSegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of the channel rtering takes longer or kills, and so is no cell of the matrix. */
@DisplayName("RTE RING")
class RteRingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final int MILLION = 1_000_000;
  private static final int SOME_MESSAGES = 200;

  private static Registry registry;
  private static Session session;

  @BeforeAll
  static void open() throws Exception {
    Home home = Home.find();
    registry = Registry.load(home.peersFile());
    session = Session.open(home, run -> new HostRunner(home.path()), 1L, PATIENCE);
  }

  @AfterAll
  static void close() throws Exception {
    session.close();
    assertFalse(Files.exists(session.run().directory()), "the run's directory is removed");
  }

  private static Peer peer(String id) {
    return registry.find(id).orElseThrow();
  }

  /** Ends the test where a peer says that its machine lacks DPDK; any other answer is kept. */
  private static void assumeDpdk(Map<String, Object> answer) {
    if (Json.integer(answer, "exit", -1) == ExitStatus.UNSUPPORTED
        && "DPDK".equals(answer.get("lacks"))) {
      Lacking.end(ChannelKind.RTERING, String.valueOf(answer.get("reason")));
    }
  }

  @ParameterizedTest(name = "a million messages from {0} to {1}, words ''{2}''")
  @CsvSource({
    "java-posix, c-posix, ''",
    "c-posix, java-posix, ''",
    "java-posix, java-posix, ''",
    "c-posix, c-posix, ''",
    "java-posix, c-posix, mp",
    "c-posix, java-posix, mp",
    "java-sysv, c-sysv, index",
    "c-sysv, java-sysv, index"
  })
  void million(String writer, String reader, String words) throws Exception {
    Framed million =
        new Framed(
            "rtering-million", "a million messages", ChannelKind.RTERING, words, 8, MILLION, 8);
    CellResult result =
        new CellRunner(session, List.of()).run(new Cell(peer(writer), peer(reader), million));
    if (result.outcome() == Outcome.UNSUPPORTED && result.declared()) {
      Lacking.end(ChannelKind.RTERING, result.reason());
    }
    assertEquals(Outcome.PASS, result.outcome(), result.reason());
  }

  @ParameterizedTest(
      name =
          "{0} -> {1} over {3}: when the {2} is killed, the other says so at its deadline and ends")
  @CsvSource({
    "c-posix, java-posix, READER, rtering",
    "java-posix, c-posix, WRITER, rtering",
    "c-posix, python-posix, WRITER, rtering",
    "c-posix, java-posix, READER, rtering:mp",
    "java-posix, c-posix, READER, rtering:mp",
    "python-posix, c-posix, READER, rtering:mp",
    "c-posix, java-posix, WRITER, rtering:mp",
    "java-posix, c-posix, WRITER, rtering:mp",
    "c-posix, python-posix, WRITER, rtering:mp"
  })
  void killed(String writerId, String readerId, Role dies, String spec) throws Exception {
    String name = session.run().id().posixName(session.run().nextNumber());
    Path payload = session.run().directory().resolve("million");
    Files.write(payload, new byte[64]);
    String line =
        "--layout framed --channel "
            + spec
            + " --count 5000000 --deadline-ms 2500 --window 8 --name "
            + name;
    PeerProcess writer = session.runner().serve(peer(writerId), Role.WRITER);
    PeerProcess reader = session.runner().serve(peer(readerId), Role.READER);
    try {
      for (PeerProcess process : List.of(writer, reader)) { // it is up
        assumeDpdk(
            Json.parseObject(
                process.ask("--layout framed --channel " + spec + " --count 0", PATIENCE)));
      }
      writer.tell(line + " --payload '" + payload + "'");
      reader.tell(line);
      await()
          .pollInterval(Duration.ofMillis(5))
          .atMost(PATIENCE)
          .until(() -> sequence(name) > SOME_MESSAGES);
      boolean writerDies = dies == Role.WRITER;
      (writerDies ? writer : reader).kill();
      PeerProcess other = writerDies ? reader : writer;
      Map<String, Object> answer = Json.parseObject(other.answer(line, PATIENCE));
      Map<String, Object> error = Json.object(answer, "error");
      assertEquals(1, Json.integer(answer, "exit", -1), answer.toString());
      assertEquals("ring", error.get("call"), answer.toString());
      assertEquals("ETIMEDOUT", error.get("errno"), answer.toString());
      assertTrue(List.of("wait", "notify").contains(error.get("stage")), answer.toString());
      // A writer that lives removes its segment; of one that was killed it stays.
      assertEquals(writerDies, Files.exists(Path.of("/dev/shm" + name)));
    } finally {
      writer.kill();
      reader.kill();
      Files.deleteIfExists(Path.of("/dev/shm" + name));
      Files.delete(payload);
    }
  }

  /** Number of the newest message; 0 where there is no segment yet, or one without a size. */
  private static long sequence(String name) {
    try (PosixSegment segment = PosixSegment.openExisting(name, Access.READ_ONLY)) {
      return FramedHeader.sequence(segment);
    } catch (NativeCallException notYet) {
      return 0;
    }
  }

  @Test
  @DisplayName("runs where pkg-config has DPDK: no peer may say that it is missing there")
  void noPeerHidesBehindItsMachine() throws Exception {
    ProcessBuilder find =
        new ProcessBuilder("pkg-config", "--atleast-version=20.11", "libdpdk-libs");
    // where the set-up puts the headers
    find.environment().put("PKG_CONFIG_PATH", Home.find().path() + "/build/dpdk/pkgconfig");
    Process found = find.start();
    if (found.waitFor() != 0) {
      Lacking.end(ChannelKind.RTERING, "DPDK is not installed (pkg-config)");
    }
    for (String id : List.of("java-posix", "c-posix", "python-posix")) {
      PeerProcess process = session.runner().serve(peer(id), Role.READER);
      try {
        String line =
            "--layout framed --channel rtering --deadline-ms 10 --name "
                + session.run().id().posixName(session.run().nextNumber());
        Map<String, Object> answer = Json.parseObject(process.ask(line, PATIENCE));
        assertEquals(1, Json.integer(answer, "exit", -1), answer.toString());
        assertEquals("ETIMEDOUT", Json.object(answer, "error").get("errno"), answer.toString());
      } finally {
        process.kill();
      }
    }
  }
}
