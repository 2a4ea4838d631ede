// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

import io.github.shmbed.kernel.Proc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program that serves: one line in, one line out (peers/CONTRACT.md section 6). What it writes is
 * delivered by the runner's thread; one caller at a time asks.
 */
public abstract class PeerProcess {
  private static final int LONGEST_ANSWER = 16 << 20;
  private static final int STDERR_KEPT = 64 << 10;
  private static final String END = new String("end of output");

  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private volatile boolean ended;

  /**
   * Sends one command line and waits for its answer.
   *
   * @throws PeerGone when it ended instead
   * @throws PeerSilent when it did not answer until the deadline; it is of no further use then
   */
  public final String ask(String commandLine, Duration deadline) throws PeerGone, PeerSilent {
    return answerTo(commandLine, deadline, true);
  }

  /** Sends a command line without waiting; {@link #answer} gets the answer. */
  public final void tell(String commandLine) {
    try {
      send((commandLine + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException brokenPipe) {
      // it ended; the answer says how
    }
  }

  /** The answer to what was {@link #tell told}. */
  public final String answer(String commandLine, Duration deadline) throws PeerGone, PeerSilent {
    return answerTo(commandLine, deadline, false);
  }

  private String answerTo(String commandLine, Duration deadline, boolean send)
      throws PeerGone, PeerSilent {
    if (send) {
      tell(commandLine);
    }
    String answer;
    try {
      answer = answers.poll(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerSilent("interrupted while waiting for an answer");
    }
    if (answer == null) {
      throw new PeerSilent("no answer within " + deadline.toMillis() + " ms" + whatItDoes());
    }
    if (answer == END) {
      answers.add(END);
      throw new PeerGone(exitStatus());
    }
    return answer;
  }

  /** Its pid as the harness sees it; 0 when it cannot. */
  public abstract long pid();

  /** Whether it can be asked again. */
  public final boolean isUsable() {
    return !ended;
  }

  /**
   * A line that it wrote and nobody asked for: an answer is exactly one. It is of no further use
   * then, since whatever is asked next would get this for an answer. Null when there is none.
   */
  public final String unasked() {
    synchronized (line) {
      String first = answers.peek();
      return first == END ? null : first;
    }
  }

  /** The newest part of what it wrote to stderr since the last call. */
  public final String takeStderr() {
    synchronized (stderr) {
      String text = stderr.toString(StandardCharsets.UTF_8);
      stderr.reset();
      return text.strip();
    }
  }

  /** Ends it at once, with its children. Calling it twice does no harm. */
  public abstract void kill();

  protected abstract void send(byte[] bytes) throws IOException;

  /** How it ended; called after its output ended. */
  protected abstract ExitStatus exitStatus();

  protected final void deliver(byte[] bytes, int length) {
    synchronized (line) { // lines that came together are there together
      for (int i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
          answers.add(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else if (line.size() < LONGEST_ANSWER) {
          line.write(bytes[i]);
        }
      }
    }
  }

  protected final void deliverStderr(byte[] bytes, int length) {
    synchronized (stderr) {
      if (stderr.size() + length > STDERR_KEPT) {
        stderr.reset();
      }
      stderr.write(bytes, 0, Math.min(length, STDERR_KEPT));
    }
  }

  protected final void deliverEnd() {
    ended = true;
    answers.add(END);
  }

  private String whatItDoes() {
    if (pid() == 0) {
      return "";
    }
    return switch (Proc.state(pid())) {
      case "R" -> ", it is computing";
      case "S", "D" -> ", it is waiting in the kernel";
      case "T", "t" -> ", it is stopped (stall)";
      case "gone", "Z" -> ", it has ended";
      default -> "";
    };
  }
}
