// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.kernel.Run;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a writer and a reader of the framed layout are asked to do together.
 *
 * @param words what the channel's SPEC says beyond its address, or empty
 * @param payload file of the messages' bytes or images; see peers/CONTRACT.md section 7 for which
 *     message gets which
 * @param content what a message is
 * @param count measured messages, 1 or more
 * @param warmup messages before them
 * @param window messages on the way at most, 1 to 8
 * @param keepsBytes whether the reader writes down what it saw
 * @param traces whether both write down their time stamps
 */
public record FramedExchange(
    ChannelKind channel,
    String words,
    Path payload,
    Content content,
    long count,
    long warmup,
    int window,
    boolean keepsBytes,
    boolean traces) {

  /** Without words. */
  public FramedExchange(
      ChannelKind channel,
      Path payload,
      Content content,
      long count,
      long warmup,
      int window,
      boolean keepsBytes,
      boolean traces) {
    this(channel, "", payload, content, count, warmup, window, keepsBytes, traces);
  }

  /**
   * What a message is: bytes, or values of a shape in a codec.
   *
   * @param sizeBytes 0 or more; of bytes only
   * @param shape null for bytes; likewise {@code codec}
   */
  public record Content(long sizeBytes, String shape, String codec) {
    /** So many bytes. */
    public Content(long sizeBytes) {
      this(sizeBytes, null, null);
    }

    /** Values. */
    public Content(String shape, String codec) {
      this(-1, shape, codec);
    }

    public boolean isValues() {
      return shape != null;
    }

    /** Options of both sides. */
    public String options() {
      return isValues() ? "--shape " + shape + " --codec " + codec : "--message-size " + sizeBytes;
    }
  }

  /**
   * What came out of it, when both said that they are done.
   *
   * @param writer its result object; likewise {@code reader}
   * @param out what the reader saw; null when it was not to keep it
   * @param values what it decoded, as images; likewise, and null for messages of bytes
   * @param writerTrace its time stamps; null when there were to be none; likewise {@code
   *     readerTrace}
   */
  public record Done(
      Map<String, Object> writer,
      Map<String, Object> reader,
      Path out,
      Path values,
      Path writerTrace,
      Path readerTrace) {}

  /**
   * Options of both sides.
   *
   * @param number of the run, which no other channel has
   */
  public String commonOptions(Run run, int number) {
    return "--layout framed --channel "
        + channel.spec(run, number)
        + (words.isEmpty() ? "" : ":" + words)
        + " --count "
        + count
        + " --warmup "
        + warmup
        + " "
        + content.options()
        + " --window "
        + window;
  }
}
