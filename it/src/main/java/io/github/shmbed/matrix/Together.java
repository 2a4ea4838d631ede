// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.result.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for two programs that work together. When one fails the other is not left waiting for it
 * until its deadline, and the failure that is reported is the cause and not what followed from it.
 */
final class Together {
  /** Enough for a peer that can notice it. */
  static final Duration TIME_TO_NOTICE = Duration.ofSeconds(1);

  /** Takes a program's reply for the cell. */
  interface Answers {
    Map<String, Object> take(Question question, Question.Reply reply) throws CellFailure;
  }

  /** How likely it is that a failure only followed from the other one; the least likely first. */
  private enum Rank {
    CAUSE,
    TIMEOUT,
    PEER_CLOSED,
    ENDED_BY_US
  }

  private record Failed(Rank rank, CellFailure failure) {}

  private final Answers answers;
  private final Programs programs;
  private final Duration timeToNotice;

  /**
   * @param timeToNotice how long the second may go on after the first has failed, to notice it and
   *     to clean up by itself
   */
  Together(Answers answers, Programs programs, Duration timeToNotice) {
    this.answers = answers;
    this.programs = programs;
    this.timeToNotice = timeToNotice;
  }

  /**
   * Returns when both said that they are done.
   *
   * @throws CellFailure the cause, followed by what the other one said
   */
  void await(Question one, Question other, Duration deadline) throws CellFailure {
    CompletableFuture<Question.Reply> oneReply = reply(one, deadline);
    CompletableFuture<Question.Reply> otherReply = reply(other, deadline);
    CompletableFuture.anyOf(oneReply, otherReply).join();
    boolean oneIsFirst = oneReply.isDone();
    Question second = oneIsFirst ? other : one;
    CompletableFuture<Question.Reply> secondReply = oneIsFirst ? otherReply : oneReply;

    List<Failed> failures = new ArrayList<>();
    boolean firstFailed =
        take(oneIsFirst ? one : other, oneIsFirst ? oneReply : otherReply, false, failures);
    boolean ended = firstFailed && !answersSoon(secondReply);
    if (ended) {
      programs.drop(second.process());
    }
    take(second, secondReply, ended, failures);
    throwCause(failures);
  }

  private static CompletableFuture<Question.Reply> reply(Question question, Duration deadline) {
    CompletableFuture<Question.Reply> reply = new CompletableFuture<>();
    Thread thread =
        new Thread(() -> reply.complete(question.await(deadline)), "shmbed-" + question.who());
    thread.setDaemon(true);
    thread.start();
    return reply;
  }

  private boolean answersSoon(CompletableFuture<Question.Reply> reply) {
    try {
      reply.get(timeToNotice.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException itDoesNot) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("waiting for a reply never fails", e);
    }
  }

  /** Whether it failed; the failure goes to the list. */
  private boolean take(
      Question question,
      CompletableFuture<Question.Reply> reply,
      boolean endedByUs,
      List<Failed> failures) {
    try {
      answers.take(question, reply.join());
      return false;
    } catch (CellFailure failure) {
      if (endedByUs) {
        failures.add(
            new Failed(
                Rank.ENDED_BY_US,
                new CellFailure(
                    Outcome.TIMEOUT,
                    question.who() + ": was still at it and was ended by the harness")));
      } else {
        failures.add(new Failed(rank(failure), failure));
      }
      return true;
    }
  }

  private static Rank rank(CellFailure failure) {
    if (failure.outcome() == Outcome.TIMEOUT) {
      return Rank.TIMEOUT;
    }
    return "EPIPE".equals(failure.errno()) ? Rank.PEER_CLOSED : Rank.CAUSE;
  }

  private static void throwCause(List<Failed> failures) throws CellFailure {
    failures.sort(
        Comparator.comparing(Failed::rank)); // stable: the earlier of two equal ones first
    if (failures.size() == 1) {
      throw failures.get(0).failure();
    }
    if (!failures.isEmpty()) {
      CellFailure cause = failures.get(0).failure();
      CellFailure other = failures.get(1).failure();
      String both = cause.getMessage() + "; " + other.getMessage();
      if (cause.lacks() != null
          && (failures.get(1).rank() != Rank.CAUSE || cause.lacks().equals(other.lacks()))) {
        throw CellFailure.unsupported(both, cause.lacks());
      }
      throw new CellFailure(cause.outcome(), both);
    }
  }
}
