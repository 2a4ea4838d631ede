// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import io.github.shmbed.bench.BenchRow;
import io.github.shmbed.bench.BenchRun;
import io.github.shmbed.bench.Measurement;
import io.github.shmbed.bench.MeasuringProcess;
import io.github.shmbed.bench.Series;
import io.github.shmbed.bench.Unsupported;
import io.github.shmbed.result.Placement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shared memory against files, in loops within one process: each way, size, operation and state, in
 * C and in Java.
 */
final class StorageBench {
  /** What the others are compared with, in each language. */
  static final Way CONTROL = Way.POSIX_MMAP;

  private static final List<Long> SIZES = List.of(4L << 10, 64L << 10, 1L << 20, 64L << 20);
  private static final List<Long> QUICK_SIZES = List.of(4L << 10, 1L << 20);

  private final BenchRun run;
  private final MeasuringProcess c;
  private final MeasuringProcess java;
  private final Placement placement;
  private final boolean disk;
  private final Map<String, String> unsupportedInC = new HashMap<>();

  /**
   * @param c storage_loop
   * @param java {@link StorageLoop}
   * @param disk whether there is a folder on a disk
   */
  StorageBench(
      BenchRun run, MeasuringProcess c, MeasuringProcess java, Placement placement, boolean disk) {
    this.run = run;
    this.c = c;
    this.java = java;
    this.placement = placement;
    this.disk = disk;
  }

  static List<Long> sizes(boolean quick) {
    return quick ? QUICK_SIZES : SIZES;
  }

  static String variant(String language, Way way) {
    return language + " " + way.id;
  }

  /** The stage of a row: "read warm", "write first", "read whole". */
  static String stage(String operation, String state) {
    return operation + " " + state;
  }

  List<BenchRow> take(boolean quick, int rounds, Duration budget) throws IOException {
    List<Series> series = new ArrayList<>();
    for (long sizeBytes : sizes(quick)) {
      for (String operation : List.of("read", "write")) {
        for (Way.State state : Way.State.values()) {
          for (Way way : Way.values()) {
            if (way.fits(sizeBytes) && way.states().contains(state)) {
              series.add(series("c", way, operation, state, sizeBytes));
              series.add(series("java", way, operation, state, sizeBytes));
            }
          }
          series.add(series("c", CONTROL, operation, state, sizeBytes).again());
        }
      }
    }
    return run.take(series, rounds, budget);
  }

  private Series series(
      String language, Way way, String operation, Way.State state, long sizeBytes) {
    String control =
        way != CONTROL
            ? variant(language, CONTROL)
            : language.equals("java") ? variant("c", CONTROL) : null;
    Series.RoundTaker taker =
        round -> {
          int batch = state == Way.State.WARM ? Repetitions.batch(sizeBytes) : 1;
          int repetitions =
              round < 0
                  ? Repetitions.warmUp(language, way, state, sizeBytes)
                  : Repetitions.of(way, state, sizeBytes);
          Map<String, Object> answer =
              language.equals("c")
                  ? askC(way, operation, state, sizeBytes, repetitions, batch)
                  : askJava(way, operation, state, sizeBytes, repetitions, batch);
          Map<String, Measurement> measured = new java.util.LinkedHashMap<>();
          MeasuringProcess.measurements(answer)
              .forEach((name, one) -> measured.put(stage(operation, name), one));
          return measured;
        };
    return new Series(
        variant(language, way), control, Map.of("sizeBytes", sizeBytes), placement, taker);
  }

  private Map<String, Object> askC(Way way, Object... request) throws IOException, Unsupported {
    if (!disk && way.place == Way.Place.DISK) {
      throw new Unsupported("no folder on a disk was found; give one with --disk-dir");
    }
    try {
      return ask(c, way, request);
    } catch (Unsupported e) {
      unsupportedInC.put(key(way, request), e.getMessage());
      throw e;
    }
  }

  /** What the machine cannot do, C has found out and said why. */
  private Map<String, Object> askJava(Way way, Object... request) throws IOException, Unsupported {
    String reason =
        !disk && way.place == Way.Place.DISK
            ? "no folder on a disk was found; give one with --disk-dir"
            : unsupportedInC.get(key(way, request));
    if (reason != null) {
      throw new Unsupported(reason);
    }
    return ask(java, way, request);
  }

  private static String key(Way way, Object... request) {
    return way.id + " " + request[0] + " " + request[1] + " " + request[2];
  }

  private static Map<String, Object> ask(MeasuringProcess process, Way way, Object... request)
      throws IOException, Unsupported {
    Object[] words = new Object[request.length + 2];
    words[0] = "measure";
    words[1] = way.id;
    for (int i = 0; i < request.length; i++) {
      words[i + 2] = request[i] instanceof Way.State state ? state.id : request[i];
    }
    return process.ask(words);
  }

  /** How often, so that a round takes a second or two and every size has its share. */
  private static final class Repetitions {
    /**
     * Enough for HotSpot's optimising compiler, at the smallest size; all sizes run the same code.
     */
    private static final int COMPILED = 3_000;

    static int batch(long sizeBytes) {
      return (int) Math.max(1, Math.min(64, (512 << 10) / sizeBytes));
    }

    static int of(Way way, Way.State state, long sizeBytes) {
      if (sizeBytes > 1 << 20) {
        return 1;
      }
      boolean slow = way.place == Way.Place.DISK && (way.isCold() || way.isDirect());
      if (slow) {
        return sizeBytes == 1 << 20 ? 4 : 8;
      }
      return sizeBytes == 1 << 20 ? 10 : state == Way.State.WARM ? 20 : 30;
    }

    static int warmUp(String language, Way way, Way.State state, long sizeBytes) {
      boolean compile = language.equals("java") && sizeBytes == SIZES.get(0);
      boolean slow = way.place == Way.Place.DISK && (way.isCold() || way.isDirect());
      int usual = of(way, state, sizeBytes);
      return !compile ? usual : slow ? 100 : state == Way.State.WARM ? COMPILED / 8 : COMPILED;
    }
  }
}
