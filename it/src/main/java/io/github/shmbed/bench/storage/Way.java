// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import java.util.Arrays;
import java.util.List;

/**
 * A way of getting bytes in and out: where they are, and how they are reached. The C program has
 * the same list under the same names, peers/c/storage/ways.c.
 */
enum Way {
  POSIX_MMAP("posix-mmap", "POSIX shm, mmap", Place.POSIX, Access.SEGMENT),
  POSIX_MMAP_POPULATE("posix-mmap-populate", "  MAP_POPULATE", Place.POSIX, Access.MAPPED),
  POSIX_MMAP_THP("posix-mmap-thp", "  transparent huge", Place.POSIX, Access.MAPPED),
  POSIX_RW("posix-rw", "POSIX shm, calls", Place.POSIX, Access.CALLS),
  SYSV("sysv", "System V, shmat", Place.SYSV, Access.SEGMENT),
  SYSV_THP("sysv-thp", "  transparent huge", Place.SYSV, Access.MAPPED),
  SYSV_HUGETLB("sysv-hugetlb", "  SHM_HUGETLB", Place.SYSV, Access.MAPPED),
  TMPFS_MMAP("tmpfs-mmap", "tmpfs file, mmap", Place.TMPFS, Access.MAPPED),
  TMPFS_RW("tmpfs-rw", "tmpfs file, calls", Place.TMPFS, Access.CALLS),
  DISK_MMAP("disk-mmap", "disk file, mmap", Place.DISK, Access.MAPPED),
  DISK_RW("disk-rw", "disk file, calls", Place.DISK, Access.CALLS),
  DISK_COLD_MMAP("disk-cold-mmap", "  cold, mmap", Place.DISK, Access.MAPPED),
  DISK_COLD_RW("disk-cold-rw", "  cold, calls", Place.DISK, Access.CALLS),
  DISK_DIRECT("disk-direct", "  O_DIRECT", Place.DISK, Access.CALLS);

  enum Place {
    POSIX,
    SYSV,
    TMPFS,
    DISK
  }

  /** What the Java program reaches it through. */
  enum Access {
    /** The library's segments. */
    SEGMENT,
    /** A mapping of its own: the library has no such flags, and no files. */
    MAPPED,
    /** A FileChannel: pread and pwrite. */
    CALLS
  }

  private static final long HUGE_PAGE_BYTES = 2L << 20;

  final String id;
  final String label;
  final Place place;
  final Access access;

  Way(String id, String label, Place place, Access access) {
    this.id = id;
    this.label = label;
    this.place = place;
    this.access = access;
  }

  static Way of(String id) {
    return Arrays.stream(values())
        .filter(way -> way.id.equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such way: " + id));
  }

  boolean isCold() {
    return this == DISK_COLD_MMAP || this == DISK_COLD_RW;
  }

  boolean isDirect() {
    return this == DISK_DIRECT;
  }

  boolean isThp() {
    return this == POSIX_MMAP_THP || this == SYSV_THP;
  }

  boolean isHuge() {
    return isThp() || this == SYSV_HUGETLB;
  }

  boolean isMapped() {
    return access != Access.CALLS;
  }

  boolean fits(long sizeBytes) {
    return !isHuge() || sizeBytes % HUGE_PAGE_BYTES == 0;
  }

  /**
   * What is never in the cache is never warm; and a populated mapping is like any other once it is
   * warm.
   */
  List<State> states() {
    return isCold() || this == POSIX_MMAP_POPULATE
        ? List.of(State.FIRST)
        : List.of(State.WARM, State.FIRST);
  }

  /**
   * Whether both can use one object with contents: what one does to it does not disturb the other.
   */
  boolean sharesWith(Way other) {
    return place == other.place
        && isCold() == other.isCold()
        && isDirect() == other.isDirect()
        && isHuge() == other.isHuge()
        && (!isHuge() || this == other);
  }

  /** How a measurement is taken. */
  enum State {
    /** Open, attached, touched before. */
    WARM("warm"),
    /** Opened or created, and attached, anew each time. */
    FIRST("first");

    final String id;

    State(String id) {
      this.id = id;
    }
  }
}
