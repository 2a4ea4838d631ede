// SPDX-License-Identifier: Apache-2.0
// System V keys: from a file, and as people write them.
package io.github.shmbed.segment;

import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.SysvCalls;
import java.nio.file.Path;

/** Keys of System V segments. */
public final class SysvKey {
  private SysvKey() {}

  /**
   * ftok(3): the key of a file. It is made of the file's device and inode, so a copy gives another
   * key, and so does a file that was replaced.
   *
   * @param file must exist
   * @param projectId its low 8 bits count: 0 and 256 give the same key
   * @throws NativeCallException ENOENT, EACCES, ...
   */
  public static int ftok(Path file, int projectId) {
    return SysvCalls.ftok(file.toString(), projectId);
  }

  /** As {@code ipcs} shows it: {@code 0x0000a1b2}. */
  public static String toString(int key) {
    return SysvCalls.keyText(key);
  }

  /**
   * A key that names one segment for all processes.
   *
   * @throws IllegalArgumentException for 0, IPC_PRIVATE: a segment of that key can be found by no
   *     other process
   */
  static int check(int key) {
    if (key == 0) {
      throw new IllegalArgumentException(
          "key 0 is IPC_PRIVATE: no other process could find the segment");
    }
    return key;
  }
}
