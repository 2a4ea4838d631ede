// SPDX-License-Identifier: Apache-2.0
// The System V writer, reader and cleaner of the classic layout, stage by stage.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SysvCalls;
import io.github.shmbed.libc.SysvStatus;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.SysvKey;
import io.github.shmbed.segment.SysvObject;
import io.github.shmbed.segment.SysvSegment;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Runs one System V command. */
final class SysvExchange {
  private final Options options;
  private final Result result;
  private final Ledger ledger;
  private boolean created;

  SysvExchange(Result result) {
    this.result = result;
    this.options = result.options();
    this.ledger = result.ledger();
    SysvCalls.bind();
  }

  /** create, attach, write, detach. The segment stays for the reader and the cleaner. */
  void write() throws IOException {
    Payload payload = Payload.of(options, "text");
    SysvObject object = createOrReuse(key(Stage.CREATE));
    try {
      long sizeBytes = created ? options.segmentSizeBytes() : checkReusable(object);
      try (SysvSegment segment = attach(object, sizeBytes, Access.READ_WRITE, Stage.ATTACH)) {
        ClassicCopy.write(segment, payload, describe(object), result);
        detach(segment);
      }
    } catch (RuntimeException | IOException | InternalError failed) {
      if (created) {
        object.remove();
      }
      throw failed;
    }
  }

  /** reader-attach, read, detach. The cleaner removes. */
  void read(OutputStream stdout) throws IOException {
    SysvObject object = find(key(Stage.READER_ATTACH), Stage.READER_ATTACH);
    long begin = Ledger.nowNs();
    long sizeBytes = object.status().sizeBytes();
    ledger.add(Stage.READER_ATTACH, begin, Ledger.nowNs());
    try (SysvSegment segment = attach(object, sizeBytes, Access.READ_ONLY, Stage.READER_ATTACH)) {
      ClassicCopy.read(segment, describe(object), result, stdout);
      detach(segment);
    }
  }

  /** remove. */
  void clean() {
    SysvObject object = find(key(Stage.REMOVE), Stage.REMOVE);
    long begin = Ledger.nowNs();
    boolean removed = object.remove();
    ledger.add(Stage.REMOVE, "shmctl", begin, Ledger.nowNs());
    if (!removed) {
      throw new NativeCallException(
          "shmctl", describe(object), Errno.EINVAL, "somebody else has just removed it");
    }
  }

  private int key(Stage stage) {
    int key = options.key();
    if (key == 0) {
      Path file = KeyFiles.find(options);
      long begin = Ledger.nowNs();
      key = SysvKey.ftok(file, 0);
      ledger.add(stage, "ftok", begin, Ledger.nowNs());
      if (key == 0) {
        throw new NativeCallException(
            "ftok",
            file.toString(),
            Errno.EINVAL,
            "its key is 0, IPC_PRIVATE: use another key file, or --key");
      }
    }
    result.setKey(key);
    return key;
  }

  private SysvObject createOrReuse(int key) {
    long begin = Ledger.nowNs();
    SysvObject object;
    try {
      object = SysvObject.createExclusively(key, options.segmentSizeBytes(), options.mode());
      created = true;
    } catch (NativeCallException failed) {
      if (failed.errno() != Errno.EEXIST || options.exclusive()) {
        throw failed;
      }
      object = reuse(key);
    }
    ledger.add(Stage.CREATE, "shmget", begin, Ledger.nowNs());
    return object;
  }

  private SysvObject reuse(int key) {
    try {
      return SysvObject.openExisting(key, options.segmentSizeBytes());
    } catch (NativeCallException failed) {
      if (failed.errno() != Errno.EINVAL) {
        throw failed;
      }
      throw notReusable(failed.object(), SysvObject.openExisting(key, 0).status());
    }
  }

  /** Another user's segment is not ours to write into. */
  private long checkReusable(SysvObject object) {
    SysvStatus status = object.status();
    if (status.ownerUid() != PosixCalls.geteuid()) {
      throw notReusable(describe(object), status);
    }
    return status.sizeBytes();
  }

  private NativeCallException notReusable(String object, SysvStatus status) {
    return new NativeCallException(
        "shmget",
        object,
        Errno.EEXIST,
        "already there, of uid "
            + Integer.toUnsignedString(status.ownerUid())
            + " and "
            + status.sizeBytes()
            + " bytes, where "
            + options.segmentSizeBytes()
            + " of one's own are needed: run a cleaner, or use another --key");
  }

  private SysvObject find(int key, Stage stage) {
    long begin = Ledger.nowNs();
    SysvObject object = SysvObject.openExisting(key, 0);
    ledger.add(stage, "shmget", begin, Ledger.nowNs());
    return object;
  }

  private SysvSegment attach(SysvObject object, long sizeBytes, Access access, Stage stage) {
    long begin = Ledger.nowNs();
    SysvSegment segment = object.attach(sizeBytes, access);
    ledger.add(stage, "shmat", begin, Ledger.nowNs());
    return segment;
  }

  private void detach(SysvSegment segment) {
    long begin = Ledger.nowNs();
    segment.close();
    ledger.add(Stage.DETACH, "shmdt", begin, Ledger.nowNs());
  }

  private String describe(SysvObject object) {
    return "key=" + SysvKey.toString(result.key()) + " id=" + object.id();
  }
}
