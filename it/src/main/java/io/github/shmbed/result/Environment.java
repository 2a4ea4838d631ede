// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.result;

import io.github.shmbed.libc.Binding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The machine and the versions that a result belongs to. */
public final class Environment {
  private Environment() {}

  /**
   * Collects what can be known; what cannot is left out.
   *
   * @param home the tree, for its Python environment
   */
  public static Map<String, Object> collect(Path home) {
    Map<String, Object> environment = new LinkedHashMap<>();
    put(environment, "kernel", firstLine(Path.of("/proc/sys/kernel/osrelease")));
    put(environment, "architecture", System.getProperty("os.arch"));
    put(environment, "distribution", distribution());
    put(environment, "cpuModel", cpuModel());
    environment.put("cpus", (long) Runtime.getRuntime().availableProcessors());
    put(environment, "jdk", System.getProperty("java.vendor") + " " + Runtime.version());
    put(environment, "javaCalls", Binding.chosen());
    put(environment, "glibc", said("getconf", "GNU_LIBC_VERSION"));
    Path venv = home.resolve("build/venv/bin/python3");
    put(
        environment,
        "python",
        said(Files.isExecutable(venv) ? venv.toString() : "python3", "--version"));
    put(environment, "gcc", said("gcc", "--version"));
    try {
      FileStore shm = Files.getFileStore(Path.of("/dev/shm"));
      environment.put("devShmBytes", shm.getTotalSpace());
      environment.put("devShmFreeBytes", shm.getUsableSpace());
    } catch (IOException notMounted) {
      environment.put("devShmBytes", 0L);
    }
    return environment;
  }

  private static void put(Map<String, Object> environment, String name, String value) {
    if (value != null && !value.isBlank()) {
      environment.put(name, value.strip());
    }
  }

  private static String distribution() {
    return lineAfter(Path.of("/etc/os-release"), "PRETTY_NAME=", "\"");
  }

  private static String cpuModel() {
    return lineAfter(Path.of("/proc/cpuinfo"), "model name\t:", "");
  }

  private static String lineAfter(Path file, String start, String strip) {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(start))
          .map(line -> line.substring(start.length()).replace(strip, ""))
          .findFirst()
          .orElse(null);
    } catch (IOException none) {
      return null;
    }
  }

  private static String firstLine(Path file) {
    return lineAfter(file, "", "");
  }

  /**
   * First line that a program prints; null when it is not there or says nothing within two seconds.
   */
  private static String said(String... command) {
    try {
      Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      process.getOutputStream().close();
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return null;
      }
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.exitValue() == 0 ? text.lines().findFirst().orElse(null) : null;
    } catch (IOException absent) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
