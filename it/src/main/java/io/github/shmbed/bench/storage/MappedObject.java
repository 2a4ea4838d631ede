// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/**
 * A mapping made with the flags that the library does not have (MAP_POPULATE, huge pages), or of a
 * file. FileChannel.map is not used: before Java 22 it has no way to take a mapping away.
 */
final class MappedObject implements StoredObject {
  private final Way way;
  private final String path;
  private final int sizeBytes;
  private final Buffers buffers;
  private int fd = -1;
  private int id = -1;
  private long address;
  private ByteBuffer map;
  private int heldFd = -1;
  private long heldAddress;
  private boolean named;

  /**
   * @param path of the file; null for System V
   */
  MappedObject(Way way, String path, int sizeBytes, Buffers buffers) {
    this.way = way;
    this.path = path;
    this.sizeBytes = sizeBytes;
    this.buffers = buffers;
  }

  @Override
  public void create() {
    if (isSysv()) {
      id =
          StorageNatives.shmgetPrivate(
              sizeBytes, way == Way.SYSV_HUGETLB ? StorageNatives.SHM_HUGETLB : 0);
      named = true;
      return;
    }
    fd = StorageNatives.open(path, StorageNatives.O_CREAT | StorageNatives.O_EXCL);
    named = true;
    StorageNatives.ftruncate(fd, sizeBytes, path);
  }

  @Override
  public void open() {
    if (!isSysv()) {
      fd = StorageNatives.open(path, 0);
    }
  }

  @Override
  public void attach() {
    address =
        isSysv()
            ? StorageNatives.shmat(id)
            : StorageNatives.mmap(
                fd,
                sizeBytes,
                way == Way.POSIX_MMAP_POPULATE ? StorageNatives.MAP_POPULATE : 0,
                path);
    map = new Pointer(address).getByteBuffer(0, sizeBytes);
    if (way.isThp()) {
      StorageNatives.adviseHugePages(address, sizeBytes, way.id);
    }
  }

  @Override
  public void write() {
    map.put(0, buffers.source, 0, sizeBytes);
    if (way.isCold()) {
      StorageNatives.msync(address, sizeBytes, path);
    }
  }

  @Override
  public void read() {
    buffers.target.put(0, map, 0, sizeBytes);
  }

  @Override
  public void detach() {
    if (address != 0) {
      map = null;
      if (isSysv()) {
        StorageNatives.shmdt(address);
      } else {
        StorageNatives.munmap(address, sizeBytes);
      }
      address = 0;
    }
    if (fd >= 0) {
      StorageNatives.close(fd);
      fd = -1;
    }
  }

  @Override
  public void unname() {
    if (isSysv()) {
      heldAddress = StorageNatives.shmat(id);
    } else {
      heldFd = StorageNatives.open(path, 0);
    }
    removeName();
  }

  @Override
  public void remove() {
    detach();
    if (named) {
      removeName();
    }
    if (heldFd >= 0) {
      StorageNatives.close(heldFd);
      heldFd = -1;
    }
    if (heldAddress != 0) {
      StorageNatives.shmdt(heldAddress);
      heldAddress = 0;
    }
  }

  @Override
  public void chill() {
    int cold = StorageNatives.open(path, 0);
    try {
      StorageNatives.chill(cold, path);
    } finally {
      StorageNatives.close(cold);
    }
  }

  private boolean isSysv() {
    return way.place == Way.Place.SYSV;
  }

  private void removeName() {
    named = false;
    if (isSysv()) {
      StorageNatives.shmRemove(id);
    } else {
      StorageNatives.unlink(path);
    }
  }
}
