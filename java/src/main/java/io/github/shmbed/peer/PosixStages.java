// SPDX-License-Identifier: Apache-2.0
// The segment's stages by shm_open, ftruncate, posix_fallocate, mmap, munmap, shm_unlink.
package io.github.shmbed.peer;

import io.github.shmbed.latency.Ledger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileStatus;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixName;
import io.github.shmbed.segment.PosixObject;
import io.github.shmbed.segment.Segment;

/** The POSIX family. */
final class PosixStages extends SegmentStages {
  private final PosixName name;

  PosixStages(Result result) {
    super(result);
    name = PosixName.of(options.name());
    PosixCalls.bind();
  }

  @Override
  Segment create(long sizeBytes, long bytesToWrite, boolean reuse) {
    try (PosixObject object = createOrReuse(reuse)) {
      long attachBytes =
          isCreated() ? size(object, sizeBytes) : checkReusable(object.status(), sizeBytes);
      if (options.reserve()) {
        long begin = Ledger.nowNs();
        object.reserve(bytesToWrite);
        measured(Stage.RESERVE, "posix_fallocate", begin);
      }
      long begin = Ledger.nowNs();
      Segment segment = object.attach(attachBytes, Access.READ_WRITE);
      measured(Stage.ATTACH, "mmap", begin);
      return segment;
    }
  }

  private PosixObject createOrReuse(boolean reuse) {
    long begin = Ledger.nowNs();
    PosixObject object;
    try {
      object = PosixObject.createExclusively(name, options.mode());
      measured(Stage.CREATE, "shm_open", begin);
      nowCreated();
    } catch (NativeCallException failed) {
      if (failed.errno() != Errno.EEXIST || !reuse) {
        throw failed;
      }
      object = PosixObject.openExisting(name, Access.READ_WRITE);
      measured(Stage.CREATE, "shm_open", begin);
    }
    return object;
  }

  private long size(PosixObject object, long sizeBytes) {
    long begin = Ledger.nowNs();
    object.setMode(options.mode());
    measured(Stage.CREATE, "fchmod", begin);
    begin = Ledger.nowNs();
    object.resize(sizeBytes);
    measured(Stage.SIZE, "ftruncate", begin);
    return sizeBytes;
  }

  /** Another user's object, or a smaller one, is not ours to write into. */
  private long checkReusable(FileStatus status, long wantedBytes) {
    if (status.isRegularFile()
        && status.ownerUid() == PosixCalls.geteuid()
        && status.sizeBytes() >= wantedBytes) {
      return status.sizeBytes();
    }
    String what = status.isRegularFile() ? status.sizeBytes() + " bytes" : "not a regular file";
    throw notReusable("shm_open", options.name(), status.ownerUid(), what, wantedBytes);
  }

  @Override
  Segment attachExisting(Access access, boolean emptyIsNull) {
    long begin = Ledger.nowNs();
    try (PosixObject object = PosixObject.openExisting(name, access)) {
      long opened = Ledger.nowNs();
      FileStatus status = object.status();
      if (emptyIsNull && status.isRegularFile() && status.sizeBytes() == 0) {
        return null;
      }
      long sizeBytes = object.sizeToAttach(status);
      long sized = Ledger.nowNs();
      Segment segment = object.attach(sizeBytes, access);
      long attached = Ledger.nowNs();
      ledger.add(Stage.READER_ATTACH, "shm_open", begin, opened);
      ledger.add(Stage.READER_ATTACH, opened, sized);
      ledger.add(Stage.READER_ATTACH, "mmap", sized, attached);
      return segment;
    }
  }

  @Override
  void detach(Segment segment) {
    long begin = Ledger.nowNs();
    segment.close();
    measured(Stage.DETACH, "munmap", begin);
  }

  @Override
  void remove() {
    long begin = Ledger.nowNs();
    PosixObject.unlink(name);
    measured(Stage.REMOVE, "shm_unlink", begin);
  }

  @Override
  void removeCreated() {
    PosixObject.unlink(name);
  }

  @Override
  String description() {
    return "name=" + options.name();
  }
}
