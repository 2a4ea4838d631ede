// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of /proc/sysvipc/shm, sem or msg; proc(5).
 *
 * @param mode permission bits
 * @param sizeBytes of a segment; semaphores of a set; bytes in a queue
 * @param residentBytes of a segment, else 0
 * @param creatorPid of a segment (cpid), last sender of a queue, else 0; 0 too when it is in
 *     another pid namespace
 * @param attached how many mappings a segment has, else 0
 * @param changedAt seconds since 1970
 */
public record SysvObject(
    Kind kind,
    int key,
    int id,
    int mode,
    long sizeBytes,
    long residentBytes,
    long creatorPid,
    long attached,
    int uid,
    long changedAt) {

  /** The three kinds; the name of each is its file's and {@code ipcrm}'s. */
  public enum Kind {
    SHM,
    SEM,
    MSG
  }

  /** All objects of this IPC namespace; a kernel without System V has none. */
  public static List<SysvObject> all() throws IOException {
    List<SysvObject> objects = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      objects.addAll(read(kind));
    }
    return objects;
  }

  /** All objects of one kind. */
  public static List<SysvObject> read(Kind kind) throws IOException {
    try {
      return parse(
          kind,
          Files.readString(
              Path.of("/proc/sysvipc/" + kind.name().toLowerCase(java.util.Locale.ROOT))));
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }

  /** Parses a table; its first line names the columns. */
  static List<SysvObject> parse(Kind kind, String table) {
    String[] lines = table.split("\n");
    String[] columns = lines[0].trim().split("\\s+");
    List<SysvObject> objects = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      String[] fields = lines[i].trim().split("\\s+");
      Map<String, String> row = new HashMap<>();
      for (int c = 0; c < columns.length && c < fields.length; c++) {
        row.put(columns[c], fields[c]);
      }
      objects.add(
          new SysvObject(
              kind,
              (int) number(row, "key"),
              (int)
                  number(
                      row,
                      switch (kind) {
                        case SHM -> "shmid";
                        case SEM -> "semid";
                        case MSG -> "msqid";
                      }),
              Integer.parseInt(row.get("perms"), 8) & 07777,
              number(
                  row,
                  switch (kind) {
                    case SHM -> "size";
                    case SEM -> "nsems";
                    case MSG -> "cbytes";
                  }),
              number(row, "rss"),
              number(row, kind == Kind.SHM ? "cpid" : "lspid"),
              number(row, "nattch"),
              (int) number(row, "uid"),
              number(row, "ctime")));
    }
    return objects;
  }

  /** As people call it: {@code shm key 0x0000a1b2 id 7}. */
  public String describe() {
    return kind.name().toLowerCase(java.util.Locale.ROOT)
        + " key "
        + KeyRange.text(key)
        + " id "
        + id;
  }

  private static long number(Map<String, String> row, String column) {
    return Long.parseLong(row.getOrDefault(column, "0"));
  }
}
