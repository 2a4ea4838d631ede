// SPDX-License-Identifier: Apache-2.0
// The POSIX writer and reader of the classic layouts, stage by stage.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.OsLayout;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileStatus;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixObject;
import io.github.shmbed.segment.PosixSegment;
import java.io.IOException;
import java.io.OutputStream;

/** Runs one POSIX command. */
final class PosixExchange {
  private final Options options;
  private final Result result;
  private final Ledger ledger;
  private boolean created;

  PosixExchange(Result result) {
    this.result = result;
    this.options = result.options();
    this.ledger = result.ledger();
    PosixCalls.bind();
  }

  /** create, size, reserve, attach, write, detach. The object stays for the reader. */
  void write() throws IOException {
    Payload payload = Payload.of(options, options.name());
    try {
      try (PosixSegment segment = createAndAttach(payload.lengthBytes() + 1)) {
        ClassicCopy.write(segment, payload, "name=" + options.name(), result);
        detach(segment);
      }
    } catch (RuntimeException | IOException | InternalError failed) {
      if (created) {
        PosixObject.unlink(options.name());
      }
      throw failed;
    }
  }

  /** reader-attach, read, detach, remove. */
  void read(OutputStream stdout) throws IOException {
    try (PosixSegment segment = attachExisting()) {
      ClassicCopy.read(segment, "name=" + options.name(), result, stdout);
      detach(segment);
    }
    long begin = Ledger.nowNs();
    PosixObject.unlink(options.name());
    ledger.add(Stage.REMOVE, "shm_unlink", begin, Ledger.nowNs());
  }

  private PosixSegment createAndAttach(long bytesToWrite) {
    try (PosixObject object = createOrReuse()) {
      long sizeBytes = options.segmentSizeBytes();
      if (created) {
        size(object);
      } else {
        sizeBytes = checkReusable(object.status());
      }
      if (options.reserve()) {
        long begin = Ledger.nowNs();
        object.reserve(bytesToWrite);
        ledger.add(Stage.RESERVE, "posix_fallocate", begin, Ledger.nowNs());
      }
      long begin = Ledger.nowNs();
      PosixSegment segment = object.attach(sizeBytes, Access.READ_WRITE);
      ledger.add(Stage.ATTACH, "mmap", begin, Ledger.nowNs());
      return segment;
    }
  }

  private PosixObject createOrReuse() {
    long begin = Ledger.nowNs();
    PosixObject object;
    try {
      object = PosixObject.createExclusively(options.name(), options.mode());
      created = true;
    } catch (NativeCallException failed) {
      if (failed.errno() != Errno.EEXIST || options.exclusive()) {
        throw failed;
      }
      object = PosixObject.openExisting(options.name(), Access.READ_WRITE);
    }
    ledger.add(Stage.CREATE, "shm_open", begin, Ledger.nowNs());
    return object;
  }

  private void size(PosixObject object) {
    long begin = Ledger.nowNs();
    object.setMode(options.mode());
    ledger.add(Stage.CREATE, "fchmod", begin, Ledger.nowNs());
    begin = Ledger.nowNs();
    object.resize(options.segmentSizeBytes());
    ledger.add(Stage.SIZE, "ftruncate", begin, Ledger.nowNs());
  }

  /** Another user's object, or a smaller one, is not ours to write into. */
  private long checkReusable(FileStatus status) {
    if (status.isRegularFile()
        && status.ownerUid() == PosixCalls.geteuid()
        && status.sizeBytes() >= options.segmentSizeBytes()) {
      return status.sizeBytes();
    }
    String what = status.isRegularFile() ? status.sizeBytes() + " bytes" : "not a regular file";
    throw new NativeCallException(
        "shm_open",
        options.name(),
        Errno.EEXIST,
        "already there, of uid "
            + Integer.toUnsignedString(status.ownerUid())
            + " and "
            + what
            + ", where "
            + options.segmentSizeBytes()
            + " of one's own are needed: remove it, or use another --name");
  }

  private PosixSegment attachExisting() {
    long begin = Ledger.nowNs();
    try (PosixObject object = PosixObject.openExisting(options.name(), Access.READ_ONLY)) {
      long opened = Ledger.nowNs();
      ledger.add(Stage.READER_ATTACH, "shm_open", begin, opened);
      long sizeBytes = object.sizeToAttach();
      long mapBegin = Ledger.nowNs();
      ledger.add(Stage.READER_ATTACH, opened, mapBegin);
      PosixSegment segment = object.attach(sizeBytes, Access.READ_ONLY);
      ledger.add(Stage.READER_ATTACH, "mmap", mapBegin, Ledger.nowNs());
      return segment;
    }
  }

  private void detach(PosixSegment segment) {
    long begin = Ledger.nowNs();
    segment.close();
    ledger.add(Stage.DETACH, "munmap", begin, Ledger.nowNs());
  }

  /** Whether the text itself goes to stdout, and the lines for people to stderr. */
  static boolean showsText(Options options) {
    return options.role() == Role.READER && options.layout().equals(OsLayout.NAME);
  }
}
