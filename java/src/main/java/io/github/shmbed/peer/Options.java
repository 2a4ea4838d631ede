// SPDX-License-Identifier: Apache-2.0
// One checked command line.
package io.github.shmbed.peer;

import io.github.shmbed.codec.Shape;
import io.github.shmbed.layout.FramedLayout;
import java.nio.file.Path;

/**
 * What a command line asks for, checked and with its defaults filled in.
 *
 * @param api {@code posix} or {@code sysv}
 * @param name the POSIX name, null for System V
 * @param key the System V key as given by {@code --key}, 0 if it comes from the key file
 * @param keyFile the file for ftok, null for the default places
 * @param textBytes the text's length without its NUL, by MSG_SIZE; -1 if it comes from elsewhere
 * @param channel SPEC of {@code --channel}, null if there is none
 * @param segmentSizeBytes 0 for just what a framed exchange needs
 * @param messageSizeBytes of framed messages, -1 for the payload file's size
 * @param shape of the values that messages are, null where they are bytes
 * @param values where the decoded values go, null for nowhere
 * @param window framed messages on the way at most
 * @param trace where the time stamps go, null for nowhere
 * @param rate measured messages per second, 0 for a closed loop
 * @param verify whether CRC and SHA-256 are computed
 * @param repeat how often the flow of a classic layout is run
 * @param result where the result object goes, {@code -} for stdout, null for nowhere
 */
record Options(
    Role role,
    String api,
    String layout,
    String name,
    int key,
    Path keyFile,
    long segmentSizeBytes,
    int mode,
    boolean exclusive,
    boolean reserve,
    long textBytes,
    Path payload,
    Path out,
    String result,
    long deadlineMs,
    String channel,
    String codec,
    Shape shape,
    Path values,
    long count,
    long warmup,
    long messageSizeBytes,
    int window,
    long rate,
    boolean verify,
    Path trace,
    long repeat) {

  static final String POSIX = "posix";
  static final String SYSV = "sysv";

  boolean isPosix() {
    return api.equals(POSIX);
  }

  boolean isFramed() {
    return layout.equals(FramedLayout.NAME);
  }

  /** Time stamps that are kept: three for each measured message, four where it is values. */
  int traceStamps() {
    return trace == null ? 0 : Math.toIntExact(count * (shape == null ? 3 : 4));
  }

  /** How often each of the stages that are measured happens. */
  long measuredTimes() {
    return Math.max(count, repeat);
  }

  /** Whether stdout is for the result object alone. */
  boolean resultOnStdout() {
    return "-".equals(result);
  }
}
