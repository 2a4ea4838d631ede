// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

import java.util.Map;
import java.util.Optional;

/** How a process ended. Java, shells and containers all report signal n as 128 + n. */
public record ExitStatus(int code) {
  private static final Map<Integer, String> SIGNALS =
      Map.ofEntries(
          Map.entry(1, "SIGHUP"),
          Map.entry(2, "SIGINT"),
          Map.entry(3, "SIGQUIT"),
          Map.entry(4, "SIGILL"),
          Map.entry(5, "SIGTRAP"),
          Map.entry(6, "SIGABRT"),
          Map.entry(7, "SIGBUS"),
          Map.entry(8, "SIGFPE"),
          Map.entry(9, "SIGKILL"),
          Map.entry(10, "SIGUSR1"),
          Map.entry(11, "SIGSEGV"),
          Map.entry(12, "SIGUSR2"),
          Map.entry(13, "SIGPIPE"),
          Map.entry(14, "SIGALRM"),
          Map.entry(15, "SIGTERM"),
          Map.entry(24, "SIGXCPU"),
          Map.entry(25, "SIGXFSZ"),
          Map.entry(31, "SIGSYS"));

  /** The contract's exit codes. */
  public static final int DONE = 0;

  public static final int FAILED = 1;
  public static final int USAGE = 64;
  public static final int UNSUPPORTED = 77;

  /** The signal's name; empty when it ended by itself. */
  public Optional<String> signal() {
    int number = code - 128;
    return number >= 1 && number <= 64
        ? Optional.of(SIGNALS.getOrDefault(number, "signal " + number))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return signal()
        .map(name -> "died by " + name)
        .orElse(
            switch (code) {
              case 126 -> "exit 126 (cannot be executed)";
              case 127 -> "exit 127 (no such program)";
              default -> "exit " + code;
            });
  }
}
