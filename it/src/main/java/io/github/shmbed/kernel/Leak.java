// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

/**
 * Something that was not there before a cell and is there after it.
 *
 * @param what the object, as people call it
 * @param posix the entry of /dev/shm, else null
 * @param sysv the System V object, else null
 * @param queue the POSIX message queue's name without its slash, else null
 * @param file the name in the run's channel directory, else null
 * @param pid the process that keeps a descriptor or mapping, else 0
 * @param certain whether it is surely of this cell, so that the gate may remove it
 */
public record Leak(
    String what,
    PosixObject posix,
    SysvObject sysv,
    String queue,
    String file,
    long pid,
    boolean certain) {

  static Leak of(PosixObject object, boolean certain) {
    return new Leak(
        "/dev/shm/" + object.name() + " (" + object.sizeBytes() + " bytes)",
        object,
        null,
        null,
        null,
        0,
        certain);
  }

  static Leak of(SysvObject object, boolean certain) {
    return new Leak(
        "System V " + object.describe() + " (" + object.sizeBytes() + ")",
        null,
        object,
        null,
        null,
        0,
        certain);
  }

  static Leak queue(String name, boolean certain) {
    return new Leak("message queue /" + name, null, null, name, null, 0, certain);
  }

  static Leak file(String name) {
    return new Leak("socket or fifo " + name, null, null, null, name, 0, true);
  }

  /** It goes with the run's manager, so there is nothing to remove here. */
  static Leak bpf(String what) {
    return new Leak(what, null, null, null, null, 0, true);
  }

  static Leak handle(long pid, String handle) {
    return new Leak("pid " + pid + " keeps " + handle, null, null, null, null, pid, true);
  }

  @Override
  public String toString() {
    return certain ? what : what + " (not removed: it may be somebody else's)";
  }
}
