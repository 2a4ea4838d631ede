// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names one run of the harness, and everything it creates: {@code 4711-1f3a2b-0} is process 4711,
 * started 0x1f3a2b clock ticks after boot, its first run. From the name alone {@code clean} tells
 * whether the run is still alive.
 */
public record RunId(long pid, long startTicks, int serial) {
  private static final AtomicInteger NEXT = new AtomicInteger();
  private static final Pattern TEXT = Pattern.compile("(\\d{1,10})-([0-9a-f]{1,16})-(\\d{1,6})");

  /** /dev/shm also holds the named semaphores, with "sem." before their name; sem_overview(7). */
  private static final Pattern OBJECT =
      Pattern.compile("/?(?:sem\\.)?shmbed-(\\d{1,10}-[0-9a-f]{1,16}-\\d{1,6})(?:-.*)?");

  /** A new run of this process. */
  public static RunId next() {
    long pid = ProcessHandle.current().pid();
    return new RunId(pid, Proc.startTicks(pid), NEXT.getAndIncrement());
  }

  /** The reverse of {@link #toString}. */
  public static Optional<RunId> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new RunId(
                Long.parseLong(matcher.group(1)),
                Long.parseUnsignedLong(matcher.group(2), 16),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  /**
   * The run that an object, a run directory or a container is named after; empty for a foreign
   * name.
   */
  public static Optional<RunId> ofObject(String name) {
    Matcher matcher = OBJECT.matcher(name);
    return matcher.matches() ? parse(matcher.group(1)) : Optional.empty();
  }

  /**
   * Whether the process that made the run is still there (and not another one that got its pid).
   */
  public boolean isLive() {
    return Proc.startTicks(pid) == startTicks;
  }

  /** POSIX name of the run's object number n. */
  public String posixName(int n) {
    return "/shmbed-" + this + "-" + n;
  }

  @Override
  public String toString() {
    return pid + "-" + Long.toHexString(startTicks) + "-" + serial;
  }
}
