// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.Cases;
import io.github.shmbed.kernel.RunId;
import io.github.shmbed.matrix.Cell;
import io.github.shmbed.matrix.CellRunner;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.KnownFailure;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.HostRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Peers that do one thing wrong are found out")
class SabotageIT {
  private static final String CASE = "classic-1000B";

  /**
   * Enough for a peer that does its work on a loaded machine; a cell that waits for one in vain
   * takes 2 s more.
   */
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private static Session session;
  private static Registry registry;

  @BeforeAll
  static void open() throws Exception {
    Home home = Home.find();
    registry = Registry.parse(SabotageRegistry.json(home));
    session = Session.open(home, run -> new HostRunner(home.path()), 1L, DEADLINE);
  }

  @AfterAll
  static void close() {
    session.close();
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

  private static CellResult run(String writer, String reader, KnownFailure... known) {
    Cell cell =
        new Cell(
            registry.find(writer).orElseThrow(),
            registry.find(reader).orElseThrow(),
            Cases.find(CASE).orElseThrow());
    return new CellRunner(session, List.of(known)).run(cell);
  }

  private static void assertOutcome(Outcome outcome, String reason, CellResult result) {
    assertEquals(outcome, result.outcome(), result.reason());
    assertTrue(result.reason().contains(reason), result.reason());
    assertFalse(result.isAcceptable());
  }

  @Test
  @DisplayName("the control: the real Java peer passes here")
  void control() {
    CellResult result = run("java-posix", "java-posix");
    assertEquals(Outcome.PASS, result.outcome(), result.reason());
    assertNull(result.reason());
  }

  @Test
  @DisplayName("one wrong byte is a MISMATCH at its offset")
  void wrongByte() {
    CellResult result = run("java-posix", "wrong-byte");
    assertOutcome(
        Outcome.MISMATCH, "what the reader wrong-byte saw differs at offset 500;", result);
    assertEquals(500, result.mismatch().offset());
    assertEquals("61 61 61 61 61 61 61 61 60 61", result.mismatch().actualHex().substring(0, 29));
  }

  @Test
  @DisplayName("one byte short is a MISMATCH at the end")
  void oneByteShort() {
    CellResult result = run("java-posix", "one-byte-short");
    assertOutcome(Outcome.MISMATCH, "998 bytes in place of 999", result);
    assertEquals(998, result.mismatch().offset());
  }

  @Test
  @DisplayName(
      "a wrong byte in the object is the writer's MISMATCH, whatever the reader makes of it")
  void wrongByteInObject() {
    CellResult result = run("wrong-byte-in-object", "java-posix");
    assertOutcome(
        Outcome.MISMATCH,
        "what the writer wrong-byte-in-object left in the object differs at offset 10;",
        result);
    assertEquals(10, result.mismatch().offset());
  }

  @Test
  @DisplayName("a digest that is not the bytes' is an ERROR")
  void wrongDigest() {
    assertOutcome(
        Outcome.ERROR, "reports payload sha256 00000000", run("java-posix", "wrong-digest"));
  }

  @Test
  @DisplayName("a peer that hangs is a TIMEOUT, and is killed")
  void hang() {
    assertOutcome(
        Outcome.TIMEOUT, "reader hang: no answer within 5000 ms", run("java-posix", "hang"));
    assertEquals(Outcome.PASS, run("java-posix", "java-posix").outcome());
  }

  @Test
  @DisplayName("a deadline that the peer itself noticed is a TIMEOUT with its stage")
  void saysTimeout() {
    assertOutcome(
        Outcome.TIMEOUT,
        "reader says-timeout: in stage reader-attach: too late",
        run("java-posix", "says-timeout"));
  }

  @Test
  @DisplayName("exit 0 without having read is an ERROR")
  void exitZeroWithoutReading() {
    assertOutcome(
        Outcome.ERROR,
        "reader says-done: said exit 0 and wrote no --out file",
        run("java-posix", "says-done"));
  }

  @Test
  @DisplayName("a writer that says exit 0 and wrote nothing is an ERROR")
  void exitZeroWithoutWriting() {
    assertOutcome(
        Outcome.ERROR,
        "writer says-done: said exit 0 and there is no object /shmbed-",
        run("says-done", "java-posix"));
  }

  @Test
  @DisplayName("exit 127 is an ERROR, never UNSUPPORTED")
  void exit127() {
    assertOutcome(Outcome.ERROR, "reader exit-127: exit 127", run("java-posix", "exit-127"));
  }

  @Test
  @DisplayName("a program that is not there is an ERROR that says where it was looked for")
  void absent() {
    assertOutcome(Outcome.ERROR, "cannot start ./no-such-program", run("absent", "java-posix"));
  }

  @ParameterizedTest(name = "a peer that dies by {1} is a CRASH")
  @CsvSource({"dies-by-segv, SIGSEGV", "dies-by-kill, SIGKILL", "dies-by-bus, SIGBUS"})
  void crash(String peer, String signal) {
    assertOutcome(Outcome.CRASH, "reader " + peer + ": died by " + signal, run("java-posix", peer));
    assertOutcome(Outcome.CRASH, "writer " + peer + ": died by " + signal, run(peer, "java-posix"));
  }

  @Test
  @DisplayName("an object that stays is a LEAK, and the gate removes it")
  void leavesObject() {
    CellResult result = run("java-posix", "leaves-object");
    assertOutcome(Outcome.LEAK, "left behind: /dev/shm/shmbed-" + session.run().id(), result);
    assertEquals(1, result.leaks().size());
  }

  @Test
  @DisplayName("a descriptor that stays open is a LEAK")
  void keepsDescriptor() {
    CellResult result = run("java-posix", "keeps-descriptor");
    assertOutcome(Outcome.LEAK, "-kept (deleted)", result);
  }

  @Test
  @DisplayName("a FIFO of the run that stays open is a LEAK, also without its name")
  void keepsFifo() {
    CellResult result = run("java-posix", "keeps-fifo");
    assertOutcome(Outcome.LEAK, "/channels/kept (deleted)", result);
  }

  @Test
  @DisplayName("exit 77 for something that peers.json promises is an undeclared UNSUPPORTED")
  void saysUnsupported() {
    CellResult result = run("java-posix", "says-unsupported");
    assertOutcome(Outcome.UNSUPPORTED, "not on a Monday", result);
    assertFalse(result.declared());
  }

  @Test
  @DisplayName("an answer that is no result object is an ERROR")
  void talksNonsense() {
    assertOutcome(Outcome.ERROR, "its answer is not JSON", run("java-posix", "talks-nonsense"));
  }

  @Test
  @DisplayName("a second line is an ERROR, and never the answer to the next question")
  void answersTwice() {
    String reason = ": wrote another line than its one answer: {";
    assertOutcome(
        Outcome.ERROR, "reader answers-twice" + reason, run("java-posix", "answers-twice"));
    assertOutcome(
        Outcome.ERROR, "writer answers-twice" + reason, run("answers-twice", "java-posix"));
  }

  @Test
  @DisplayName("a peer that knows every layout fails its probe, and with it all its cells")
  void knowsEverything() {
    String reason = "probe: answered an unknown layout with exit 0 in place of 77";
    assertOutcome(
        Outcome.ERROR, "reader knows-everything: " + reason, run("java-posix", "knows-everything"));
    assertOutcome(
        Outcome.ERROR, "writer knows-everything: " + reason, run("knows-everything", "java-posix"));
  }

  @Test
  @DisplayName("a known failure is XFAIL, one that passes by now XPASS, and an expired one counts")
  void knownFailures() {
    LocalDate tomorrow = LocalDate.now().plusDays(1);
    CellResult failed =
        run(
            "java-posix",
            "says-done",
            new KnownFailure(
                "*:says-done:*", Outcome.ERROR, "known", "https://example.org/1", tomorrow));
    assertEquals(Outcome.XFAIL, failed.outcome());
    assertTrue(
        failed.isAcceptable()
            && failed.reason().contains("known")
            && failed.reason().contains("ERROR"),
        failed.reason());
    CellResult passed =
        run(
            "java-posix",
            "java-posix",
            new KnownFailure("*", Outcome.ERROR, "known", "https://example.org/1", tomorrow));
    assertOutcome(Outcome.XPASS, "passes by now", passed);
    CellResult expired =
        run(
            "java-posix",
            "says-done",
            new KnownFailure(
                "*",
                Outcome.ERROR,
                "known",
                "https://example.org/1",
                LocalDate.now().minusDays(1)));
    assertEquals(Outcome.ERROR, expired.outcome());
  }
}
