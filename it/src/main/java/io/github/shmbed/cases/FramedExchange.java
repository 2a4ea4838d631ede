// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a writer and a reader of the framed layout are asked to do together.
 *
 * @param payload file of the messages' bytes; see peers/CONTRACT.md section 7 for which message
 *     gets which
 * @param messageSizeBytes 0 or more
 * @param count measured messages, 1 or more
 * @param warmup messages before them
 * @param window messages on the way at most, 1 to 8
 * @param keepsBytes whether the reader writes down what it saw
 * @param traces whether both write down their time stamps
 */
public record FramedExchange(
    ChannelKind channel,
    Path payload,
    long messageSizeBytes,
    long count,
    long warmup,
    int window,
    boolean keepsBytes,
    boolean traces) {

  /**
   * What came out of it, when both said that they are done.
   *
   * @param writer its result object; likewise {@code reader}
   * @param out what the reader saw; null when it was not to keep it
   * @param writerTrace its time stamps; null when there were to be none; likewise {@code
   *     readerTrace}
   */
  public record Done(
      Map<String, Object> writer,
      Map<String, Object> reader,
      Path out,
      Path writerTrace,
      Path readerTrace) {}

  /** Options of both sides. */
  public String commonOptions() {
    return "--layout framed --count "
        + count
        + " --warmup "
        + warmup
        + " --message-size "
        + messageSizeBytes
        + " --window "
        + window;
  }
}
