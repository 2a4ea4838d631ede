// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.cases.Case;
import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.kernel.DefaultNamesLock;
import io.github.shmbed.kernel.Leak;
import io.github.shmbed.kernel.Snapshot;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.KnownFailure;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Mismatch;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.PeerProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs a cell: snapshot, exchange, snapshot, outcome. A cell starts as ENV_ERROR and has to earn
 * anything better.
 */
public final class CellRunner {
  private static final Duration LOCK_WAIT = Duration.ofMinutes(2);

  private final Session session;
  private final List<KnownFailure> knownFailures;
  private final Required required;

  public CellRunner(Session session, List<KnownFailure> knownFailures) {
    this(session, knownFailures, Required.ofThisProcess());
  }

  CellRunner(Session session, List<KnownFailure> knownFailures, Required required) {
    this.session = session;
    this.knownFailures = knownFailures;
    this.required = required;
  }

  /** Starts the programs that these cells need, without waiting for them. */
  public void start(List<Cell> cells) {
    for (Cell cell : cells) {
      if (cell.isRunnable() && !cell.exchange().usesFreshProcesses()) {
        session.programs().start(cell.writer(), Role.WRITER);
        session.programs().start(cell.reader(), Role.READER);
        if (needsCleaner(cell)) {
          session.programs().start(cell.reader(), Role.CLEANER);
        }
      }
    }
  }

  /** Runs one cell to its outcome; never throws for what a peer does. */
  public CellResult run(Cell cell) {
    long started = System.nanoTime();
    Verdict verdict = new Verdict();
    CellExchange exchange = null;
    Optional<String> notApplicable = cell.notApplicable();
    Optional<String> missing = cell.missing();
    if (notApplicable.isPresent()) {
      verdict.set(Outcome.N_A, notApplicable.get());
    } else if (missing.isPresent()) {
      verdict.set(Outcome.UNSUPPORTED, missing.get());
      verdict.declared = true;
    } else if (!unsupportedHere(cell, verdict)) {
      exchange = run(cell, verdict);
      known(cell, verdict);
    }
    return new CellResult(
        cell.id(),
        verdict.outcome,
        verdict.reason,
        verdict.declared,
        exchange == null ? Map.of() : exchange.answers(),
        verdict.mismatch,
        verdict.leaks,
        System.nanoTime() - started,
        exchange == null ? List.of() : exchange.log());
  }

  /** What this machine cannot, whatever the peers are. */
  private boolean unsupportedHere(Cell cell, Verdict verdict) {
    try {
      Optional<String> reason = cell.exchange().usesSkmsg() ? session.skmsg() : Optional.empty();
      reason.ifPresent(why -> verdict.lacking(why, required.includes(ChannelKind.SKMSG)));
      return reason.isPresent();
    } catch (IOException e) {
      return false; // the cell itself will say it
    }
  }

  private CellExchange run(Cell cell, Verdict verdict) {
    CellExchange exchange = null;
    try {
      DefaultNamesLock lock =
          cell.exchange().usesDefaultNames() ? DefaultNamesLock.acquire(LOCK_WAIT) : null;
      try {
        exchange = new CellExchange(session, cell);
        guarded(cell, exchange, verdict);
        exchange.removeFiles();
      } finally {
        if (lock != null) {
          lock.close();
        }
      }
    } catch (CellFailure e) {
      fail(cell, verdict, e);
    } catch (IOException | RuntimeException e) {
      // whatever went wrong in the harness or on the machine: the cell stays what it was at its
      // start
      verdict.set(Outcome.ENV_ERROR, e.getClass().getSimpleName() + ": " + e.getMessage());
    }
    return exchange;
  }

  /** The exchange between two snapshots. */
  private void guarded(Cell cell, CellExchange exchange, Verdict verdict)
      throws CellFailure, IOException {
    Case one = cell.exchange();
    if (one.usesDefaultNames() && exchange.look().isPresent()) {
      verdict.set(
          Outcome.ENV_ERROR,
          "there is something at the default "
              + exchange.where()
              + " already: ./shmbed ls shows it, "
              + "./shmbed clean --yes removes it when nobody uses it");
      return;
    }
    Map<Long, PeerProcess> serving = one.usesFreshProcesses() ? Map.of() : serving(cell);
    Snapshot before = session.gate().snapshot(serving.keySet());
    try {
      one.run(exchange);
      verdict.set(Outcome.PASS, null);
    } catch (CellFailure e) {
      fail(cell, verdict, e);
    } finally {
      Set<Long> pids = new HashSet<>(serving.keySet());
      pids.addAll(exchange.pids());
      pids.remove(0L);
      List<Leak> leaks =
          session
              .gate()
              .leaksSince(
                  before,
                  pids,
                  one.usesDefaultNames() ? Optional.of(session.defaultKey()) : Optional.empty());
      session.gate().remove(leaks);
      leaks.stream()
          .filter(leak -> leak.pid() != 0)
          .map(leak -> serving.get(leak.pid()))
          .filter(process -> process != null)
          .distinct()
          .forEach(session.programs()::drop);
      verdict.leaks = leaks.stream().map(Leak::toString).toList();
    }
    if (verdict.outcome == Outcome.PASS && !verdict.leaks.isEmpty()) {
      verdict.set(Outcome.LEAK, "left behind: " + String.join(", ", verdict.leaks));
    }
  }

  private void fail(Cell cell, Verdict verdict, CellFailure failure) {
    Optional<String> lacks = Optional.ofNullable(failure.lacks());
    if (lacks.isPresent() && lacks.equals(cell.exchange().mayLack())) {
      verdict.lacking(failure.getMessage(), required.includes(lacks.get()));
      return;
    }
    verdict.set(failure.outcome(), failure.getMessage());
    verdict.mismatch = failure.mismatch();
  }

  /** The cell's programs by pid, started and probed before the first snapshot. */
  private Map<Long, PeerProcess> serving(Cell cell) throws CellFailure {
    List<PeerProcess> processes = new ArrayList<>();
    start(List.of(cell));
    processes.add(session.programs().get(cell.writer(), Role.WRITER));
    processes.add(session.programs().get(cell.reader(), Role.READER));
    if (needsCleaner(cell)) {
      processes.add(session.programs().get(cell.reader(), Role.CLEANER));
    }
    Map<Long, PeerProcess> byPid = new java.util.HashMap<>();
    processes.forEach(process -> byPid.put(process.pid(), process));
    return byPid;
  }

  private static boolean needsCleaner(Cell cell) {
    return cell.reader().api() == Api.SYSV && cell.exchange().usesCleaner();
  }

  private void known(Cell cell, Verdict verdict) {
    for (KnownFailure known : knownFailures) {
      if (known.covers(cell.id(), LocalDate.now())) {
        String why = known.reason() + " (" + known.link() + ", until " + known.expires() + ")";
        if (verdict.outcome == Outcome.PASS) {
          verdict.set(Outcome.XPASS, "passes by now, take it out of known-failures.json: " + why);
          return;
        }
        if (verdict.outcome == known.outcome()) {
          verdict.set(Outcome.XFAIL, why + "; " + verdict.outcome + ": " + verdict.reason);
          return;
        }
      }
    }
  }

  /** What is known of a cell's end while it runs. */
  private static final class Verdict {
    private Outcome outcome = Outcome.ENV_ERROR;
    private String reason = "the cell did not run to its end";
    private boolean declared;
    private Mismatch mismatch;
    private List<String> leaks = List.of();

    private void set(Outcome newOutcome, String newReason) {
      outcome = newOutcome;
      reason = newReason;
    }

    /** UNSUPPORTED, since this machine lacks something; a failure where it must not. */
    private void lacking(String why, boolean demanded) {
      set(Outcome.UNSUPPORTED, demanded ? Required.demanded(why) : why);
      declared = !demanded;
    }
  }
}
