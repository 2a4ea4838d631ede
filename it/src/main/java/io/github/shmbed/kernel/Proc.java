// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What /proc says about processes; proc(5). A process that ends while it is looked at is simply not
 * there.
 */
public final class Proc {
  private static final Path ROOT = Path.of("/proc");

  private Proc() {}

  /**
   * Field 22 of /proc/PID/stat: clock ticks after boot at which the process started; -1 when it is
   * not there (or a zombie).
   */
  public static long startTicks(long pid) {
    String[] fields = statAfterName(pid);
    return fields == null || fields[0].equals("Z") ? -1 : Long.parseLong(fields[19]);
  }

  /** Field 3 of /proc/PID/stat, as "S" or "T"; "gone" when it is not there. */
  public static String state(long pid) {
    String[] fields = statAfterName(pid);
    return fields == null ? "gone" : fields[0];
  }

  /** The command's short name; "?" when it is not there. */
  public static String name(long pid) {
    String stat = stat(pid);
    return stat == null ? "?" : stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  }

  /** The pids of all processes visible here. */
  public static List<Long> pids() throws IOException {
    List<Long> pids = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(ROOT, "[0-9]*")) {
      for (Path entry : entries) {
        pids.add(Long.parseLong(entry.getFileName().toString()));
      }
    }
    return pids;
  }

  /** The effective user of this process. */
  public static int uid() {
    return ownAttribute("unix:uid");
  }

  /** The effective group of this process. */
  public static int gid() {
    return ownAttribute("unix:gid");
  }

  /**
   * Whose processes can be seen from here: this user's ({@code hidepid} hides others'), in this PID
   * namespace, since this boot of this machine. Only where this is the same does a pid that is not
   * there mean that its process has ended; one engine has containers of several.
   */
  public static String view() {
    try {
      return uid()
          + " "
          + Files.readSymbolicLink(ROOT.resolve("self/ns/pid"))
          + " "
          + Files.readString(ROOT.resolve("sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      throw new IllegalStateException("/proc: " + e.getMessage(), e);
    }
  }

  private static int ownAttribute(String name) {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), name);
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted: " + e.getMessage(), e);
    }
  }

  /**
   * The fields after the name, which may hold blanks and brackets itself; [0] is field 3, the
   * state.
   */
  private static String[] statAfterName(long pid) {
    String stat = stat(pid);
    return stat == null ? null : stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ");
  }

  private static String stat(long pid) {
    try {
      return new String(Files.readAllBytes(ROOT.resolve(pid + "/stat")), StandardCharsets.UTF_8);
    } catch (IOException gone) {
      return null;
    }
  }
}
