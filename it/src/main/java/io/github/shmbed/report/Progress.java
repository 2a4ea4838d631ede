// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.report;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a run is, on standard error: a line that is written over on a terminal, a new line every
 * ten seconds elsewhere (as in a log). Not safe for use by several threads.
 */
public final class Progress {
  private static final long LIVE_INTERVAL_NS = 100_000_000L;
  private static final long LOG_INTERVAL_NS = 10_000_000_000L;

  private final PrintStream out;
  private final boolean live;
  private final int width;
  private final LongSupplier clockNs;
  private final long startedNs;
  private String title = "";
  private long done;
  private long total = 1;
  private long phaseStartedNs;
  private long lastShownNs;

  public Progress(PrintStream out, Terminal terminal) {
    this(out, terminal.live(), terminal.width(), System::nanoTime);
  }

  /** For tests: with a clock of their own. */
  Progress(PrintStream out, boolean live, int width, LongSupplier clockNs) {
    this.out = out;
    this.live = live;
    this.width = width;
    this.clockNs = clockNs;
    startedNs = clockNs.getAsLong();
    lastShownNs = startedNs;
  }

  /** A new phase of so many steps begins. */
  public void begin(String phase, long steps) {
    title = phase;
    done = 0;
    total = Math.max(1, steps);
    phaseStartedNs = clockNs.getAsLong();
  }

  /** One step is done; {@code now} is what is being worked on. */
  public void step(String now) {
    done++;
    long nowNs = clockNs.getAsLong();
    if (nowNs - lastShownNs < (live ? LIVE_INTERVAL_NS : LOG_INTERVAL_NS)) {
      return;
    }
    lastShownNs = nowNs;
    long leftSeconds = Math.round((nowNs - phaseStartedNs) / 1e9 / done * (total - done));
    String line =
        String.format(
            Locale.ROOT, "%s %d of %d, about %d s left: %s", title, done, total, leftSeconds, now);
    if (live) {
      out.print("\r\033[K" + (line.length() < width ? line : line.substring(0, width - 1)));
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Takes the live line away. */
  public void end() {
    if (live) {
      out.print("\r\033[K");
      out.flush();
    }
  }

  public double elapsedSeconds() {
    return (clockNs.getAsLong() - startedNs) / 1e9;
  }
}
