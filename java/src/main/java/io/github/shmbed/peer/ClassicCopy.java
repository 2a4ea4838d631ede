// SPDX-License-Identifier: Apache-2.0
// The stages write and read of the classic layouts: the text between a segment and a file, with
// only the copying measured.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.ClassicLayout;
import io.github.shmbed.layout.ClassicReader;
import io.github.shmbed.layout.OsLayout;
import io.github.shmbed.segment.Segment;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;

/** Copies classic texts in and out. */
final class ClassicCopy {
  private ClassicCopy() {}

  /**
   * Stage write: the text and its NUL.
   *
   * @param object the segment as people see it, such as {@code name=/shm_posix}
   */
  static void write(Segment segment, Payload payload, String object, Result result)
      throws IOException {
    Ledger ledger = result.ledger();
    ledger.say("Writing to shmem: " + object + ", msg length=" + payload.lengthBytes());
    Digest digest = new Digest();
    byte[] part = new byte[(int) Math.min(payload.lengthBytes(), Payload.PART_BYTES)];
    long copyNs = 0;
    try (InputStream text = payload.open()) {
      long offset = 0;
      while (offset < payload.lengthBytes()) {
        long end = offset < payload.splitAt() ? payload.splitAt() : payload.lengthBytes();
        int length = (int) Math.min(end - offset, part.length);
        if (text.readNBytes(part, 0, length) < length) {
          throw new EOFException("the payload file has become shorter meanwhile");
        }
        long begin = Ledger.nowNs();
        ClassicLayout.write(segment, offset, part, 0, length);
        copyNs += Ledger.nowNs() - begin;
        digest.add(part, length);
        offset += length;
      }
    }
    long begin = Ledger.nowNs();
    ClassicLayout.end(segment, payload.lengthBytes());
    copyNs += Ledger.nowNs() - begin;
    ledger.add(Stage.WRITE, "write shared memory", 0, copyNs);
    result.setDigest(digest);
  }

  /** Stage write of a round: a whole text and its NUL. */
  static void write(Segment segment, byte[] text, Ledger ledger) {
    long begin = Ledger.nowNs();
    ClassicLayout.write(segment, 0, text, 0, text.length);
    ClassicLayout.end(segment, text.length);
    ledger.add(Stage.WRITE, begin, Ledger.nowNs());
  }

  /** Stage read of a round: the text up to its NUL, part by part into the buffer. */
  static void read(Segment segment, byte[] buffer, Ledger ledger) {
    ClassicReader reader = new ClassicReader(segment);
    long begin = Ledger.nowNs();
    while (!reader.ended()) {
      reader.read(buffer);
    }
    ledger.add(Stage.READ, begin, Ledger.nowNs());
  }

  /** For the texts of a segment; touched, before the stage begins. */
  static byte[] buffer(Segment segment) {
    return ReadBuffer.ofAtLeast((int) Math.min(segment.sizeBytes(), Payload.PART_BYTES));
  }

  /**
   * Stage read: the text up to its NUL, to {@code --out}; for the layout os also to stdout.
   *
   * @param object the segment as people see it, such as {@code name=/shm_posix}
   * @param stdout gets the text of the layout os; null for nowhere
   */
  static void read(Segment segment, String object, Result result, OutputStream stdout)
      throws IOException {
    Options options = result.options();
    Ledger ledger = result.ledger();
    Digest digest = new Digest();
    byte[] part = buffer(segment);
    ClassicReader reader = new ClassicReader(segment);
    long copyNs = 0;
    PrivateFile out = null;
    boolean complete = false;
    try {
      while (!reader.ended()) {
        long begin = Ledger.nowNs();
        int length = reader.read(part);
        copyNs += Ledger.nowNs() - begin;
        digest.add(part, length);
        if (options.out() != null) {
          out = out == null ? new PrivateFile(options.out()) : out;
          out.write(part, length);
        }
        if (stdout != null && options.layout().equals(OsLayout.NAME)) {
          stdout.write(part, 0, length);
        }
      }
      complete = true;
    } finally {
      if (out != null) {
        out.close();
        if (!complete && Files.isRegularFile(options.out())) {
          Files.delete(options.out());
        }
      }
    }
    ledger.say("Reading from shmem: " + object + ", msg length=" + digest.lengthBytes());
    ledger.add(Stage.READ, "read shared memory", 0, copyNs);
    result.setDigest(digest);
  }
}
