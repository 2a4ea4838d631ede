// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.kernel.Defaults;
import io.github.shmbed.kernel.LeakGate;
import io.github.shmbed.kernel.Proc;
import io.github.shmbed.kernel.Run;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.registry.Home;
import io.github.shmbed.runner.Runner;
import io.github.shmbed.runner.RunnerUnavailable;
import io.github.shmbed.skmsg.SkmsgCounts;
import io.github.shmbed.skmsg.SkmsgManager;
import io.github.shmbed.skmsg.SkmsgUnsupported;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Everything one run of the harness has: its names on this machine, the runner, the serving
 * programs. {@link #close} ends and removes all of it, and so does the end of the JVM by Ctrl-C.
 */
public final class Session implements AutoCloseable {
  /** How long a peer may take for one command. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

  /** Makes the runner of a run. */
  public interface RunnerFactory {
    Runner make(Run run) throws IOException, RunnerUnavailable;
  }

  private final Home home;
  private final Run run;
  private final LeakGate gate;
  private final Digests digests = new Digests();
  private final long seed;
  private final Duration deadline;
  private final Thread hook = new Thread(this::end, "shmbed-end");
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Runner runner;
  private Programs programs;
  private Integer defaultKey;
  private SkmsgManager skmsg;
  private String skmsgReason;

  private Session(Home home, Run run, long seed, Duration deadline) {
    this.home = home;
    this.run = run;
    this.gate = new LeakGate(run);
    this.seed = seed;
    this.deadline = deadline;
  }

  /**
   * Opens a session.
   *
   * @param seed of all payloads, or null for a random one (of 53 bits, which every JSON reader
   *     keeps)
   * @throws RunnerUnavailable when the runner cannot work here
   */
  public static Session open(Home home, RunnerFactory factory, Long seed, Duration deadline)
      throws IOException, RunnerUnavailable {
    Session session =
        new Session(
            home,
            Run.start(),
            seed != null ? seed : new SecureRandom().nextLong() >>> 11,
            deadline);
    Runtime.getRuntime().addShutdownHook(session.hook);
    try {
      session.runner = factory.make(session.run);
      session.programs = new Programs(session.runner);
      return session;
    } catch (IOException | RunnerUnavailable | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  public Home home() {
    return home;
  }

  public Run run() {
    return run;
  }

  public Runner runner() {
    return runner;
  }

  public long seed() {
    return seed;
  }

  public Duration deadline() {
    return deadline;
  }

  /**
   * Starts the manager of the channel skmsg in the channels' folder, if it is not up yet.
   *
   * @return why there can be none; empty when it is up
   */
  public synchronized Optional<String> skmsg() throws IOException {
    if (skmsg == null && skmsgReason == null) {
      try {
        run.expectBpf();
        skmsg = SkmsgManager.up(run.channels(), Proc.uid());
      } catch (SkmsgUnsupported e) {
        skmsgReason = e.getMessage();
      } catch (NativeCallException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return Optional.ofNullable(skmsgReason);
  }

  /** What the program has counted for all exchanges by the manager until now. */
  public SkmsgCounts skmsgCounts() {
    return SkmsgManager.status(run.channels()).counts();
  }

  Programs programs() {
    return programs;
  }

  Digests digests() {
    return digests;
  }

  LeakGate gate() {
    return gate;
  }

  /** The System V key that programs use which are given none. */
  synchronized int defaultKey() {
    if (defaultKey == null) {
      defaultKey = Defaults.key(home.path());
    }
    return defaultKey;
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // the hook itself is at work
    }
  }

  private void end() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (runner != null) {
      runner.close();
    }
    synchronized (this) {
      if (skmsg != null) {
        skmsg.close();
      }
    }
    try {
      run.close();
    } catch (IOException e) {
      System.err.println(
          "shmbed: something of this run stayed ("
              + e.getMessage()
              + "); ./shmbed clean removes it");
    }
  }
}
