// SPDX-License-Identifier: Apache-2.0
// The writer and the reader of the classic layouts, stage by stage.
package io.github.shmbed.peer;

import io.github.shmbed.layout.OsLayout;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.Segment;
import java.io.IOException;
import java.io.OutputStream;

/** Runs one classic command. */
final class ClassicExchange {
  private final Options options;
  private final Result result;
  private final SegmentStages stages;

  ClassicExchange(Result result, SegmentStages stages) {
    this.result = result;
    this.options = result.options();
    this.stages = stages;
  }

  /** create, size, reserve, attach, write, detach. The segment stays for the reader. */
  void write() throws IOException {
    Payload payload = Payload.of(options, options.isPosix() ? options.name() : "text");
    try (Segment segment =
        stages.create(
            options.segmentSizeBytes(), payload.lengthBytes() + 1, !options.exclusive())) {
      ClassicCopy.write(segment, payload, stages.description(), result);
      stages.detach(segment);
    }
    stages.keep();
  }

  /** reader-attach, read, detach, and for POSIX remove; a System V segment is the cleaner's. */
  void read(OutputStream stdout) throws IOException {
    try (Segment segment = stages.attachExisting(Access.READ_ONLY, false)) {
      ClassicCopy.read(segment, stages.description(), result, stdout);
      stages.detach(segment);
    }
    if (options.isPosix()) {
      stages.remove();
    }
  }

  /** Whether the text itself goes to stdout, and the lines for people to stderr. */
  static boolean showsText(Options options) {
    return options.role() == Role.READER && options.layout().equals(OsLayout.NAME);
  }
}
