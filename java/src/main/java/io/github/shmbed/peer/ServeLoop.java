// SPDX-License-Identifier: Apache-2.0
// --serve: one command line per line of stdin, one result object per line of stdout, until quit or
// the end of stdin.
package io.github.shmbed.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Answers command lines (peers/CONTRACT.md, section 6). Nothing stays open between two of them. */
final class ServeLoop {
  static final int MAX_LINE_BYTES = 64 * 1024;
  private static final int BUFFER_BYTES = 8 * 1024;

  private final Peer peer;
  private final String[] before;
  private final InputStream stdin;
  private final OutputStream stdout;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;
  private int next;
  private final byte[] line = new byte[MAX_LINE_BYTES];
  private boolean tooLong;

  /**
   * A loop that is not running yet.
   *
   * @param before words that stand before those of every line
   */
  ServeLoop(Peer peer, String[] before, InputStream stdin, OutputStream stdout) {
    this.peer = peer;
    this.before = before.clone();
    this.stdin = stdin;
    this.stdout = stdout;
  }

  /** Runs until {@code quit} or the end of stdin. */
  void run() throws IOException {
    for (int length = readLine(); length >= 0; length = readLine()) {
      String text = null;
      String refusal = tooLong ? "line: longer than 64 KiB" : null;
      try {
        text =
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length)).toString();
      } catch (CharacterCodingException notText) {
        refusal = refusal == null ? "line: not UTF-8" : refusal;
      }
      if (refusal == null && text.strip().equals("quit")) {
        return;
      }
      stdout.write(ResultJson.of(answer(text, refusal)));
      stdout.flush();
    }
  }

  private Result answer(String text, String refusal) {
    List<String> words = new ArrayList<>(List.of(before));
    try {
      if (refusal != null) {
        throw new UsageException(refusal);
      }
      words.addAll(WordSplitter.split(text));
    } catch (UsageException wrong) {
      return peer.refuse(before, wrong);
    }
    String[] all = words.toArray(new String[0]);
    Result result = peer.run(all, null);
    ResultFile.write(LooseWords.last(all, CommandModel.RESULT), result);
    return result;
  }

  /**
   * The line's length without its newline, -1 at the end of stdin; of a line that is too long the
   * rest is dropped.
   */
  private int readLine() throws IOException {
    int length = 0;
    tooLong = false;
    while (true) {
      if (next == buffered) {
        buffered = stdin.read(buffer);
        next = 0;
        if (buffered <= 0) {
          buffered = 0;
          return length > 0 ? length : -1;
        }
      }
      byte b = buffer[next++];
      if (b == '\n') {
        return length;
      }
      if (length < line.length) {
        line[length++] = b;
      } else {
        tooLong = true;
      }
    }
  }
}
