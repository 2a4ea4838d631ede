// SPDX-License-Identifier: Apache-2.0
// The segment's stages by ftok, shmget, shmat, shmdt, shmctl.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SysvCalls;
import io.github.shmbed.libc.SysvStatus;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.Segment;
import io.github.shmbed.segment.SysvKey;
import io.github.shmbed.segment.SysvObject;
import java.nio.file.Path;

/** The System V family. */
final class SysvStages extends SegmentStages {
  private SysvObject object;

  SysvStages(Result result) {
    super(result);
    SysvCalls.bind();
  }

  @Override
  Segment create(long sizeBytes, long bytesToWrite, boolean reuse) {
    createOrReuse(key(Stage.CREATE), sizeBytes, reuse);
    long attachBytes = isCreated() ? sizeBytes : checkReusable(sizeBytes);
    return attach(attachBytes, Access.READ_WRITE, Stage.ATTACH);
  }

  private void createOrReuse(int key, long sizeBytes, boolean reuse) {
    long begin = Ledger.nowNs();
    try {
      object = SysvObject.createExclusively(key, sizeBytes, options.mode());
      measured(Stage.CREATE, "shmget", begin);
      nowCreated();
    } catch (NativeCallException failed) {
      if (failed.errno() != Errno.EEXIST || !reuse) {
        throw failed;
      }
      object = find(key, sizeBytes);
      measured(Stage.CREATE, "shmget", begin);
    }
  }

  private SysvObject find(int key, long wantedBytes) {
    try {
      return SysvObject.openExisting(key, wantedBytes);
    } catch (NativeCallException failed) {
      if (failed.errno() != Errno.EINVAL) {
        throw failed;
      }
      SysvStatus status = SysvObject.openExisting(key, 0).status();
      throw notReusable(
          "shmget", failed.object(), status.ownerUid(), status.sizeBytes() + " bytes", wantedBytes);
    }
  }

  /** Another user's segment is not ours to write into. */
  private long checkReusable(long wantedBytes) {
    SysvStatus status = object.status();
    if (status.ownerUid() != PosixCalls.geteuid()) {
      throw notReusable(
          "shmget", description(), status.ownerUid(), status.sizeBytes() + " bytes", wantedBytes);
    }
    return status.sizeBytes();
  }

  @Override
  Segment attachExisting(Access access, boolean emptyIsNull) {
    findExisting(Stage.READER_ATTACH);
    long begin = Ledger.nowNs();
    long sizeBytes = object.status().sizeBytes();
    ledger.add(Stage.READER_ATTACH, begin, Ledger.nowNs());
    return attach(sizeBytes, access, Stage.READER_ATTACH);
  }

  /** Stage remove of the cleaner: a segment that is not there is an error. */
  void clean() {
    findExisting(Stage.REMOVE);
    long begin = Ledger.nowNs();
    boolean removed = object.remove();
    measured(Stage.REMOVE, "shmctl", begin);
    if (!removed) {
      throw new NativeCallException(
          "shmctl", description(), Errno.EINVAL, "somebody else has just removed it");
    }
  }

  private void findExisting(Stage stage) {
    int key = key(stage);
    long begin = Ledger.nowNs();
    object = SysvObject.openExisting(key, 0);
    measured(stage, "shmget", begin);
  }

  private int key(Stage stage) {
    int key =
        result.key() != 0 ? result.key() : options.key(); // known from an attempt before, or given
    if (key == 0) {
      Path file = KeyFiles.find(options);
      long begin = Ledger.nowNs();
      key = SysvKey.ftok(file, 0);
      measured(stage, "ftok", begin);
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

  private Segment attach(long sizeBytes, Access access, Stage stage) {
    long begin = Ledger.nowNs();
    Segment segment = object.attach(sizeBytes, access);
    measured(stage, "shmat", begin);
    return segment;
  }

  @Override
  void detach(Segment segment) {
    long begin = Ledger.nowNs();
    segment.close();
    measured(Stage.DETACH, "shmdt", begin);
  }

  @Override
  void remove() {
    long begin = Ledger.nowNs();
    object.remove();
    measured(Stage.REMOVE, "shmctl", begin);
  }

  @Override
  void removeCreated() {
    object.remove();
  }

  @Override
  String description() {
    return "key=" + SysvKey.toString(result.key()) + " id=" + object.id();
  }
}
