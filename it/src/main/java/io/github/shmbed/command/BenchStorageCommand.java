// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.bench.BenchResult;
import io.github.shmbed.bench.storage.Storage;
import io.github.shmbed.bench.storage.StorageChart;
import io.github.shmbed.json.Json;
import io.github.shmbed.matrix.UsageError;
import io.github.shmbed.registry.Home;
import io.github.shmbed.report.Progress;
import io.github.shmbed.report.Terminal;
import io.github.shmbed.result.Environment;
import io.github.shmbed.result.Results;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./shmbed bench storage}: shared memory against files. */
@Command(
    name = "storage",
    description = {
      "Shared memory against files: read and write by mmap, read(2), System V, warm and at first touch, in C and in Java;"
          + " and the original experiment, one process for each read, taken apart."
    },
    footer = {"", "Exit code: 0; 1 when a check is INVALID. docs/storage.md explains the numbers."})
final class BenchStorageCommand implements Callable<Integer> {
  @Option(
      names = "--quick",
      description = "Few rounds and two sizes, some seconds: to see that it works.")
  private boolean quick;

  @Option(
      names = "--full",
      description = "10,000 processes of each program, as in the original, not 1,000.")
  private boolean full;

  @Option(
      names = "--no-pin",
      description = "Leave the processes unbound (default: all on one CPU).")
  private boolean noPin;

  @Option(
      names = "--disk-dir",
      paramLabel = "DIR",
      description =
          "Where the files on a disk go (default: /tmp, build/ or /var/tmp, whichever is no tmpfs).")
  private Path diskDirectory;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the intervals' resampling (default: random, recorded).")
  private Long seed;

  @Option(
      names = "--format",
      paramLabel = "table|json",
      defaultValue = "table",
      description = "What goes to stdout: tables, or results.json.")
  private Format format;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where results.json is written (default: build/bench/storage/results.json).")
  private Path output;

  @Option(
      names = "--charts",
      paramLabel = "DIR",
      description = "Draw the charts of docs/storage.md, too (SVG).")
  private Path charts;

  @Override
  public Integer call() throws Exception {
    if (quick && full) {
      throw new UsageError("--quick or --full, not both");
    }
    if (diskDirectory != null && !Files.isWritable(diskDirectory)) {
      throw new UsageError("--disk-dir " + diskDirectory + ": not a folder that can be written to");
    }
    Home home = Home.find();
    Terminal terminal = Terminal.ofThisProcess();
    Progress progress = new Progress(System.err, terminal);
    long chosen = seed != null ? seed : new SecureRandom().nextLong() >>> 11;
    Map<String, Object> environment = Environment.collect(home.path());
    environment.put("seed", chosen);
    environment.put("startedAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    environment.put("loadAverage", FlowOptions.loadAverage());
    environment.put("hugePages", hugePages());
    PrintStream out =
        format == Format.json ? new PrintStream(OutputStream.nullOutputStream()) : System.out;
    BenchResult result =
        Storage.run(
            home,
            new Storage.Options(quick, full, !noPin, diskDirectory, chosen),
            environment,
            terminal,
            out,
            progress);
    Map<String, Object> json = result.json(environment);
    Path file = output != null ? output : home.path().resolve("build/bench/storage/results.json");
    Results.write(file, json);
    if (charts != null) {
      StorageChart.draw(result, charts);
    }
    if (format == Format.json) {
      System.out.print(Json.pretty(json));
    } else {
      System.out.printf(
          "%n%d rows in %.0f s, written to %s%n",
          result.rows().size(), progress.elapsedSeconds(), file);
    }
    return result.isValid() ? 0 : 1;
  }

  /** Files of the kernel by their names; without those that this kernel does not have. */
  private static Map<String, Object> hugePages() throws IOException {
    Map<String, Object> settings = new LinkedHashMap<>();
    for (String file :
        List.of(
            "/sys/kernel/mm/transparent_hugepage/enabled",
            "/sys/kernel/mm/transparent_hugepage/shmem_enabled",
            "/proc/sys/vm/nr_hugepages")) {
      if (Files.isReadable(Path.of(file))) {
        settings.put(file, Files.readString(Path.of(file)).strip());
      }
    }
    return settings;
  }
}
