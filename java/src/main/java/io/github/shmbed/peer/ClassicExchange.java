// SPDX-License-Identifier: Apache-2.0
// The writer and the reader of the classic layouts, stage by stage; once, or in rounds for
// measuring.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.OsLayout;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.Segment;
import java.io.IOException;
import java.io.OutputStream;

/** Runs one classic command. */
final class ClassicExchange {
  private static final Stage[] WRITING = {
    Stage.CREATE, Stage.SIZE, Stage.RESERVE, Stage.ATTACH, Stage.WRITE, Stage.DETACH, Stage.REMOVE
  };
  private static final Stage[] READING = {
    Stage.READER_ATTACH, Stage.READ, Stage.DETACH, Stage.REMOVE
  };

  private final Options options;
  private final Result result;
  private final Ledger ledger;
  private final SegmentStages stages;

  ClassicExchange(Result result, SegmentStages stages) {
    this.result = result;
    this.options = result.options();
    this.ledger = result.ledger();
    this.stages = stages;
  }

  /** create, size, reserve, attach, write, detach. The segment stays for the reader. */
  void write() throws IOException {
    Payload payload = Payload.of(options, options.isPosix() ? options.name() : "text");
    boolean repeats = options.repeat() > 1;
    boolean reuse = !options.exclusive() && !repeats;
    MessageLedger rounds = repeats ? beginRounds(WRITING) : null;
    if (repeats) {
      writeRounds(payload, rounds);
    }
    try (Segment segment =
        stages.create(options.segmentSizeBytes(), payload.lengthBytes() + 1, reuse)) {
      ClassicCopy.write(segment, payload, stages.description(), result);
      stages.detach(segment);
    }
    stages.keep();
    endRounds(rounds);
  }

  /** All rounds but the last, each with a segment of its own. */
  private void writeRounds(Payload payload, MessageLedger rounds) throws IOException {
    byte[] text = payload.bytes();
    for (long round = 1; round < options.repeat(); round++) {
      try (Segment segment = stages.create(options.segmentSizeBytes(), text.length + 1L, false)) {
        ClassicCopy.write(segment, text, ledger);
        stages.detach(segment);
      }
      stages.remove();
      stages.keep();
      ledger.moveTo(rounds, round == 1);
    }
  }

  /** reader-attach, read, detach, and for POSIX remove; a System V segment is the cleaner's. */
  void read(OutputStream stdout) throws IOException {
    MessageLedger rounds = options.repeat() > 1 ? beginRounds(READING) : null;
    if (rounds != null) {
      readRounds(rounds);
    }
    try (Segment segment = stages.attachExisting(Access.READ_ONLY, false)) {
      ClassicCopy.read(segment, stages.description(), result, stdout);
      stages.detach(segment);
    }
    if (options.isPosix()) {
      stages.remove();
    }
    endRounds(rounds);
  }

  /** All rounds but the last, of the one segment that is there. */
  private void readRounds(MessageLedger rounds) {
    byte[] part = null;
    for (long round = 1; round < options.repeat(); round++) {
      try (Segment segment = stages.attachExisting(Access.READ_ONLY, false)) {
        part = part == null ? ClassicCopy.buffer(segment) : part;
        ClassicCopy.read(segment, part, ledger);
        stages.detach(segment);
      }
      ledger.moveTo(rounds, round == 1);
    }
  }

  private static MessageLedger beginRounds(Stage... stages) {
    MessageLedger rounds = new MessageLedger(0, stages);
    rounds.begin();
    return rounds;
  }

  /** The last round is done, too: from here on only medians and histograms count. */
  private void endRounds(MessageLedger rounds) {
    if (rounds != null) {
      rounds.end();
      ledger.moveTo(rounds, false);
      result.setMessages(rounds);
    }
  }

  /** Whether the text itself goes to stdout, and the lines for people to stderr. */
  static boolean showsText(Options options) {
    return options.role() == Role.READER && options.layout().equals(OsLayout.NAME);
  }
}
