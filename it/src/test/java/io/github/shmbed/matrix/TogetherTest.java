// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.ExitStatus;
import io.github.shmbed.runner.PeerGone;
import io.github.shmbed.runner.PeerProcess;
import io.github.shmbed.runner.PeerSilent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Two programs that work together")
class TogetherTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Peer PEER =
      new Peer(
          "fake", "C", Api.POSIX, Set.of(), false, null, ".", Map.of(), List.of(), List.of(),
          List.of());

  /** A program that has its answer ready, or never gives one. */
  private static final class Fake extends PeerProcess {
    private boolean killed;

    Fake(String answer) {
      if (answer != null) {
        say(answer);
      }
    }

    void say(String answer) {
      byte[] line = (answer + "\n").getBytes(StandardCharsets.UTF_8);
      deliver(line, line.length);
    }

    @Override
    public long pid() {
      return 0;
    }

    @Override
    public void kill() {
      killed = true;
      deliverEnd();
    }

    @Override
    protected void send(byte[] bytes) {}

    @Override
    protected ExitStatus exitStatus() {
      return new ExitStatus(137);
    }
  }

  private final Programs programs = new Programs(null);

  /** "done" is a success, "EPIPE" and "TIMEOUT" are what they say, all else is an error. */
  private static Map<String, Object> take(Question question, Question.Reply reply)
      throws CellFailure {
    String text;
    try {
      text = reply.text();
    } catch (PeerGone | PeerSilent e) {
      throw new CellFailure(Outcome.CRASH, question.who() + ": " + e.getMessage());
    }
    if (text.equals("done")) {
      return Map.of();
    }
    Outcome outcome = text.equals("TIMEOUT") ? Outcome.TIMEOUT : Outcome.ERROR;
    throw new CellFailure(outcome, question.who() + ": " + text, text);
  }

  private void await(Fake writer, Fake reader, Duration timeToNotice) throws CellFailure {
    new Together(TogetherTest::take, programs, timeToNotice)
        .await(
            Question.put(PEER, Role.WRITER, writer, ""),
            Question.put(PEER, Role.READER, reader, ""),
            DEADLINE);
  }

  private CellFailure failure(Fake writer, Fake reader) {
    return assertThrows(CellFailure.class, () -> await(writer, reader, DEADLINE));
  }

  @Test
  @DisplayName("both done is no failure")
  void bothDone() {
    assertDoesNotThrow(() -> await(new Fake("done"), new Fake("done"), Duration.ZERO));
  }

  @Test
  @DisplayName("one that fails ends the other, which waits for it, long before the deadline")
  void theOtherIsEnded() {
    Fake waiting = new Fake(null);
    long begun = System.nanoTime();
    CellFailure failure =
        assertThrows(
            CellFailure.class,
            () -> await(waiting, new Fake("STALE_GENERATION"), Duration.ofMillis(1)));
    assertTrue(System.nanoTime() - begun < DEADLINE.toNanos() / 2);
    assertTrue(waiting.killed);
    assertEquals(Outcome.ERROR, failure.outcome());
    assertEquals(
        "reader fake: STALE_GENERATION;"
            + " writer fake: was still at it and was ended by the harness",
        failure.getMessage());
  }

  @Test
  @DisplayName("one that is done leaves the other its time")
  void theOtherKeepsItsTime() throws Exception {
    Fake slow = new Fake(null);
    Thread later = new Thread(() -> slow.say("done"));
    later.start();
    await(new Fake("done"), slow, Duration.ZERO);
    later.join();
    assertFalse(slow.killed);
  }

  @Test
  @DisplayName("'peer closed' only follows from what happened to the other")
  void peerClosedIsNoCause() {
    assertEquals(
        "reader fake: STALE_GENERATION; writer fake: EPIPE",
        failure(new Fake("EPIPE"), new Fake("STALE_GENERATION")).getMessage());
    CellFailure timeout = failure(new Fake("EPIPE"), new Fake("TIMEOUT"));
    assertEquals(Outcome.TIMEOUT, timeout.outcome());
    assertEquals("reader fake: TIMEOUT; writer fake: EPIPE", timeout.getMessage());
  }

  @Test
  @DisplayName("a timeout only follows from the other's error")
  void timeoutIsNoCause() {
    CellFailure failure = failure(new Fake("TIMEOUT"), new Fake("ENOENT"));
    assertEquals(Outcome.ERROR, failure.outcome());
    assertEquals("reader fake: ENOENT; writer fake: TIMEOUT", failure.getMessage());
  }

  @Test
  @DisplayName("a single failure is reported as it is")
  void singleFailure() {
    assertEquals("writer fake: ENOSPC", failure(new Fake("ENOSPC"), new Fake("done")).getMessage());
  }
}
