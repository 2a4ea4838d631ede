// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./shmbed ls}: what shared memory there is, and who has it. */
@Command(
    name = "ls",
    description = "Shows all shared memory, POSIX and System V side by side, and who maps it.")
public final class LsCommand implements Callable<Integer> {
  private static final String[] HEADER = {
    "KIND",
    "NAME OR KEY",
    "ID",
    "SIZE",
    "RESIDENT",
    "OWNER",
    "MODE",
    "ATTACHED",
    "AGE",
    "MAPPED BY",
    "CREATOR"
  };

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    List<Inventory.Entry> entries = Inventory.take();
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("schema", 1);
      document.put("objects", entries.stream().map(Inventory.Entry::json).toList());
      System.out.print(Json.pretty(document));
    } else if (entries.isEmpty()) {
      System.out.println("no shared memory: nothing in /dev/shm, /dev/mqueue and /proc/sysvipc");
    } else {
      print(entries);
    }
    return 0;
  }

  private static void print(List<Inventory.Entry> entries) {
    List<String[]> rows = new ArrayList<>(List.<String[]>of(HEADER));
    for (Inventory.Entry entry : entries) {
      rows.add(
          new String[] {
            entry.kind(),
            entry.name(),
            entry.id() < 0 ? "-" : Long.toString(entry.id()),
            size(entry),
            bytes(entry.residentBytes()),
            entry.owner(),
            String.format("%04o", entry.mode()),
            Long.toString(entry.attached()),
            age(entry.changedAt()),
            holders(entry),
            entry.creator().isEmpty() ? "-" : entry.creator()
          });
    }
    int[] widths = new int[HEADER.length];
    rows.forEach(
        row -> {
          for (int column = 0; column < row.length; column++) {
            widths[column] = Math.max(widths[column], row[column].length());
          }
        });
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.length; column++) {
        line.append(row[column]).append(" ".repeat(widths[column] - row[column].length() + 2));
      }
      System.out.println(line.toString().stripTrailing());
    }
  }

  private static String size(Inventory.Entry entry) {
    return entry.kind().equals("sysv-sem") ? entry.sizeBytes() + " sems" : bytes(entry.sizeBytes());
  }

  private static String holders(Inventory.Entry entry) {
    List<String> texts = new ArrayList<>();
    entry.holders().forEach((pid, command) -> texts.add(pid + " " + command));
    return texts.isEmpty() ? "-" : String.join(", ", texts);
  }

  private static String bytes(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    double value = bytes;
    String[] units = {"KiB", "MiB", "GiB", "TiB"};
    int unit = -1;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(
        Locale.ROOT, value == Math.rint(value) ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }

  private static String age(long changedAt) {
    Duration age = Duration.between(Instant.ofEpochSecond(changedAt), Instant.now());
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7200) {
      return seconds / 60 + " min";
    }
    return seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
  }
}
