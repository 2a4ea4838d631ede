// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import io.github.shmbed.segment.SysvKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The names and the key that programs use which are given none; the whole machine shares them. */
public final class Defaults {
  /** POSIX names without their slash: classic, os, framed; peers/CONTRACT.md section 2. */
  public static final Set<String> POSIX_NAMES = Set.of("shm_posix", "OS", "shmbed");

  private Defaults() {}

  /**
   * The default System V key of this tree: {@code ftok("peers/c/sysv/shmkey.txt", 0)}; 0 when the
   * file is not there.
   */
  public static int key(Path home) {
    Path file = home.resolve("peers/c/sysv/shmkey.txt");
    return Files.exists(file) ? SysvKey.ftok(file, 0) : 0;
  }
}
