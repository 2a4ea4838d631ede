// SPDX-License-Identifier: Apache-2.0
// Whose a System V segment is that we may not even IPC_STAT: /proc/sysvipc/shm tells everybody.
package io.github.shmbed.segment;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Owners of segments, for messages. */
final class SysvOwner {
  // Columns of /proc/sysvipc/shm: key shmid perms size cpid lpid nattch uid ...
  private static final int ID = 1;
  private static final int PERMS = 2;
  private static final int UID = 7;

  private SysvOwner() {}

  static String describe(int id) {
    try (BufferedReader lines =
        Files.newBufferedReader(Path.of("/proc/sysvipc/shm"), StandardCharsets.US_ASCII)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] columns = line.trim().split(" +");
        if (columns.length > UID && columns[ID].equals(Integer.toString(id))) {
          return "owned by uid " + columns[UID] + ", mode " + columns[PERMS];
        }
      }
    } catch (IOException unreadable) {
      return "owner unknown (" + unreadable.getMessage() + ")";
    }
    return "owner unknown";
  }
}
