// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import io.github.shmbed.libc.BpfCalls;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** What a manager of the channel skmsg has in the kernel (bpf(2)); /proc/self/mountinfo. */
public final class BpfObjects {
  private static final int MOUNT_POINT = 4; // field of mountinfo, see proc(5)

  private BpfObjects() {}

  /**
   * Maps and programs that carry a process's number in their name, and BPF file systems under a
   * folder with their pins. Maps and programs can be listed with CAP_SYS_ADMIN only; without it
   * there are none of them here.
   */
  public static Set<String> of(long pid, Path folder) throws IOException {
    Set<String> objects = new TreeSet<>();
    String name = "skmsg_" + pid;
    list("BPF program", name, BpfCalls::nextProgramId, BpfCalls::programName, objects);
    list("BPF map", name, BpfCalls::nextMapId, BpfCalls::mapName, objects);
    for (Path mounted : mounts(folder)) {
      objects.add("BPF file system " + mounted);
      try (DirectoryStream<Path> pins = Files.newDirectoryStream(mounted)) {
        pins.forEach(pin -> objects.add("BPF pin " + pin));
      }
    }
    return objects;
  }

  private static void list(
      String kind,
      String wanted,
      IntUnaryOperator nextId,
      IntFunction<String> nameOf,
      Set<String> objects) {
    for (int id = nextId.applyAsInt(0); id > 0; id = nextId.applyAsInt(id)) {
      if (wanted.equals(nameOf.apply(id))) {
        objects.add(kind + " " + wanted + " id " + id);
      }
    }
  }

  /** Folders under a folder at which BPF file systems are mounted. */
  static List<Path> mounts(Path folder) throws IOException {
    List<Path> mounts = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      Path point = Path.of(line.split(" ")[MOUNT_POINT]);
      if (line.contains(" - bpf ") && point.startsWith(folder)) {
        mounts.add(point);
      }
    }
    return mounts;
  }
}
