// SPDX-License-Identifier: Apache-2.0
// Which process made a segment: so that others can tell whether it still runs.
package io.github.shmbed.layout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process by its number, the time it started and the boot it belongs to: unique even after the
 * number was used again.
 *
 * @param pid as the process sees itself
 * @param startTime field 22 of /proc/self/stat (proc(5)), clock ticks after boot
 * @param bootIdFirst the first 8 bytes of the boot's id, as a little-endian number
 * @param bootIdSecond the other 8 bytes
 */
public record Creator(long pid, long startTime, long bootIdFirst, long bootIdSecond) {
  private static final int START_TIME_AFTER_NAME =
      19; // field 22; field 3 is the first after the name

  /** This process. */
  public static Creator self() {
    ByteBuffer bootId =
        ByteBuffer.wrap(hex(proc("sys/kernel/random/boot_id"))).order(ByteOrder.LITTLE_ENDIAN);
    String stat = proc("self/stat");
    // Field 2, the program's name, may hold blanks: count from the parenthesis that ends it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return new Creator(
        ProcessHandle.current().pid(),
        Long.parseLong(fields[START_TIME_AFTER_NAME]),
        bootId.getLong(0),
        bootId.getLong(Long.BYTES));
  }

  private static String proc(String file) {
    try {
      return Files.readString(Path.of("/proc", file), StandardCharsets.ISO_8859_1).strip();
    } catch (IOException failed) {
      throw new UncheckedIOException("/proc is needed to sign a segment", failed);
    }
  }

  private static byte[] hex(String uuid) {
    byte[] bytes = new byte[16];
    int digits = 0;
    for (int i = 0; i < uuid.length() && digits < 2 * bytes.length; i++) {
      int digit = Character.digit(uuid.charAt(i), 16);
      if (digit >= 0) {
        bytes[digits / 2] |= (byte) (digits % 2 == 0 ? digit << 4 : digit);
        digits++;
      }
    }
    return bytes;
  }
}
