// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.shmbed.kernel.PosixObject;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.registry.Role;
import io.github.shmbed.runner.ExitStatus;
import io.github.shmbed.runner.Finished;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The OS convention by hand: C's own small programs on one side, every peer that has the layout on
 * the other.
 */
@DisplayName("The OS convention's programs, typed by hand")
class HandMixIT {
  private static final String TEXT = "This is POSIX shared memory IPC.\n";
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static Registry registry;
  private static Session session;
  private static Peer c;

  @BeforeAll
  static void open() throws Exception {
    Home home = Home.find();
    registry = Registry.load(home.peersFile());
    c = registry.find("c-posix").orElseThrow();
    session = Session.open(home, TestRunner.factory(home), null, Session.DEFAULT_DEADLINE);
    session.runner().prepare(registry.runningOn(TestRunner.NAME));
  }

  @AfterAll
  static void close() {
    if (session != null) {
      session.close();
      assertFalse(Files.exists(session.run().directory()), "the run's directory is removed");
    }
  }

  static Stream<String> peers() throws Exception {
    return Registry.load(Home.find().peersFile()).runningOn(TestRunner.NAME).stream()
        .filter(peer -> peer.layouts().contains("os"))
        .map(Peer::id);
  }

  private static Finished run(Peer peer, List<String> program, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(arguments));
    Finished finished = session.runner().run(peer, command, DEADLINE);
    assertEquals(
        Optional.of(new ExitStatus(0)), finished.status(), command + ": " + finished.stderrText());
    return finished;
  }

  @ParameterizedTest(name = "peers/c/os/writer, then {0} reader --layout os")
  @MethodSource("peers")
  void theirWriter(String id) throws Exception {
    Peer peer = registry.find(id).orElseThrow();
    try (TestDefaults names = TestDefaults.hold()) {
      names.requireFree("/OS");
      run(c, List.of("../os/writer"));
      assertEquals(0666, PosixObject.find("/OS").mode());
      assertEquals(TEXT, run(peer, peer.command(Role.READER), "--layout", "os").stdoutText());
      names.requireFree("/OS");
    }
  }

  @ParameterizedTest(name = "{0} writer --layout os, then peers/c/os/reader")
  @MethodSource("peers")
  void theirReader(String id) throws Exception {
    Peer peer = registry.find(id).orElseThrow();
    try (TestDefaults names = TestDefaults.hold()) {
      names.requireFree("/OS");
      run(peer, peer.command(Role.WRITER), "--layout", "os");
      assertEquals(TEXT, run(c, List.of("../os/reader")).stdoutText());
      names.requireFree("/OS");
    }
  }
}
