// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixObject;
import io.github.shmbed.segment.Segment;
import io.github.shmbed.segment.SysvObject;

/** A segment of the library: what a user of it gets. */
abstract class SegmentObject implements StoredObject {
  private static final int MODE = 0600;

  final int sizeBytes;
  Segment segment;
  private final Buffers buffers;

  SegmentObject(int sizeBytes, Buffers buffers) {
    this.sizeBytes = sizeBytes;
    this.buffers = buffers;
  }

  @Override
  public final void write() {
    segment.put(0, buffers.sourceBytes, 0, sizeBytes);
  }

  @Override
  public final void read() {
    segment.get(0, buffers.targetBytes, 0, sizeBytes);
  }

  /** shm_open, ftruncate, mmap. */
  static final class Posix extends SegmentObject {
    private final String name;
    private PosixObject object;
    private PosixObject held;
    private boolean named;

    Posix(String name, int sizeBytes, Buffers buffers) {
      super(sizeBytes, buffers);
      this.name = name;
    }

    @Override
    public void create() {
      object = PosixObject.createExclusively(name, MODE);
      named = true;
      object.resize(sizeBytes);
    }

    @Override
    public void open() {
      object = PosixObject.openExisting(name, Access.READ_WRITE);
    }

    @Override
    public void attach() {
      segment = object.attach(sizeBytes, Access.READ_WRITE);
    }

    @Override
    public void detach() {
      if (segment != null) {
        segment.close();
        segment = null;
      }
      if (object != null) {
        object.close();
        object = null;
      }
    }

    @Override
    public void unname() {
      held = PosixObject.openExisting(name, Access.READ_WRITE);
      PosixObject.unlink(name);
      named = false;
    }

    @Override
    public void remove() {
      detach();
      if (named) {
        PosixObject.unlink(name);
        named = false;
      }
      if (held != null) {
        held.close();
        held = null;
      }
    }
  }

  /** shmget, shmat. */
  static final class Sysv extends SegmentObject {
    private final int key;
    private SysvObject object;
    private Segment held;
    private boolean named;

    /**
     * @param key free again as soon as the object has no name any more
     */
    Sysv(int key, int sizeBytes, Buffers buffers) {
      super(sizeBytes, buffers);
      this.key = key;
    }

    @Override
    public void create() {
      object = SysvObject.createExclusively(key, sizeBytes, MODE);
      named = true;
    }

    @Override
    public void open() {
      // there is nothing to open: the id is enough
    }

    @Override
    public void attach() {
      segment = object.attach(sizeBytes, Access.READ_WRITE);
    }

    @Override
    public void detach() {
      if (segment != null) {
        segment.close();
        segment = null;
      }
    }

    @Override
    public void unname() {
      held = object.attach(sizeBytes, Access.READ_WRITE);
      object.remove();
      named = false;
    }

    @Override
    public void remove() {
      detach();
      if (named) {
        object.remove();
        named = false;
      }
      if (held != null) {
        held.close();
        held = null;
      }
    }
  }
}
