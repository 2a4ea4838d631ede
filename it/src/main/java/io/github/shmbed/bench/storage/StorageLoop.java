// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.storage;

import io.github.shmbed.json.Json;
import io.github.shmbed.libc.NativeCallException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Reads and writes by each {@link Way}, in loops within one process, and measures them: the Java
 * twin of peers/c/storage/storage_loop.c, which explains the requests and the answers. A program of
 * its own, because the harness runs without the optimising compiler.
 */
public final class StorageLoop {
  private static final int MAX_SIZE_BYTES = 64 << 20;

  private final String posixPrefix;
  private final String tmpfsPrefix;
  private final String diskPrefix;
  private final int sysvKey;
  private final Buffers buffers = new Buffers(MAX_SIZE_BYTES);
  private final List<Filled> filled = new ArrayList<>();

  private record Job(
      Way way, boolean write, boolean warm, int sizeBytes, int repetitions, int batch) {}

  /** An object with contents, for reads and for writes over it. */
  private record Filled(Way way, int sizeBytes, String path, StoredObject object) {}

  private StorageLoop(String posixPrefix, String tmpfsPrefix, String diskPrefix, int sysvKey) {
    this.posixPrefix = posixPrefix;
    this.tmpfsPrefix = tmpfsPrefix;
    this.diskPrefix = diskPrefix;
    this.sysvKey = sysvKey;
  }

  /**
   * @param arguments POSIX_PREFIX TMPFS_PREFIX DISK_PREFIX SYSV_KEY
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 4) {
      System.err.println("usage: StorageLoop POSIX_PREFIX TMPFS_PREFIX DISK_PREFIX SYSV_KEY");
      System.exit(64);
    }
    new StorageLoop(arguments[0], arguments[1], arguments[2], Integer.parseInt(arguments[3]))
        .serve();
  }

  private void serve() throws IOException {
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line; (line = requests.readLine()) != null && !line.equals("quit"); ) {
        System.out.println(Json.oneLine(answer(line)));
      }
    } finally {
      for (Filled one : filled) {
        one.object.remove();
      }
    }
  }

  private Map<String, Object> answer(String line) {
    try {
      return measure(parse(line.split("\t")));
    } catch (IOException | NativeCallException | IllegalArgumentException e) {
      return Map.of("error", String.valueOf(e.getMessage()));
    }
  }

  private static Job parse(String[] words) {
    if (words.length != 7 || !words[0].equals("measure")) {
      throw new IllegalArgumentException(
          "usage: measure WAY read|write warm|first SIZE REPETITIONS BATCH");
    }
    Job job =
        new Job(
            Way.of(words[1]),
            words[2].equals("write"),
            words[3].equals("warm"),
            Integer.parseInt(words[4]),
            Integer.parseInt(words[5]),
            Integer.parseInt(words[6]));
    if (job.sizeBytes < 1 || job.sizeBytes > MAX_SIZE_BYTES || !job.way.fits(job.sizeBytes)) {
      throw new IllegalArgumentException("SIZE: at most 64 MiB; huge pages: a multiple of 2 MiB");
    }
    if (job.repetitions < 1 || job.batch < 1 || (!job.warm && job.batch != 1)) {
      throw new IllegalArgumentException("REPETITIONS and BATCH: from 1; BATCH is 1 unless warm");
    }
    return job;
  }

  private Map<String, Object> measure(Job job) throws IOException {
    // The object's first filling is nobody's measurement.
    StoredObject object = job.write && !job.warm ? null : filled(job);
    buffers.clearTarget(job.sizeBytes);
    Map<String, double[]> samplesNs = new LinkedHashMap<>();
    StorageNatives.Usage used =
        job.warm ? warm(job, object, samplesNs) : first(job, object, samplesNs);
    if (!job.write
        && !buffers.targetIsSource(job.way.access == Way.Access.SEGMENT, job.sizeBytes)) {
      throw new IOException("the bytes that were read are not those that were written");
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    Map<String, Object> lists = new LinkedHashMap<>();
    samplesNs.forEach(
        (stage, samples) -> lists.put(stage, DoubleStream.of(samples).boxed().toList()));
    answer.put("samplesNs", lists);
    answer.put("operations", (long) job.repetitions * job.batch);
    answer.put("cpuNs", used.cpuNs());
    answer.put("minorFaults", used.minorFaults());
    answer.put("majorFaults", used.majorFaults());
    return answer;
  }

  private StorageNatives.Usage warm(Job job, StoredObject object, Map<String, double[]> samplesNs)
      throws IOException {
    double[] warmNs = new double[job.repetitions];
    object.open();
    try {
      object.attach();
      copy(job, object); // the touch
      StorageNatives.Usage before = StorageNatives.usage();
      for (int i = 0; i < job.repetitions; i++) {
        long begunNs = System.nanoTime();
        for (int k = 0; k < job.batch; k++) {
          copy(job, object);
        }
        warmNs[i] = (double) (System.nanoTime() - begunNs) / job.batch;
      }
      samplesNs.put("warm", warmNs);
      return since(before);
    } finally {
      object.detach();
    }
  }

  private StorageNatives.Usage first(
      Job job, StoredObject existing, Map<String, double[]> samplesNs) throws IOException {
    double[] firstNs = new double[job.repetitions];
    double[] wholeNs = new double[job.repetitions];
    StorageNatives.Usage before = StorageNatives.usage();
    for (int i = 0; i < job.repetitions; i++) {
      if (existing == null) {
        firstWrite(job, i, firstNs, wholeNs);
      } else {
        firstRead(job, existing, i, firstNs, wholeNs);
      }
    }
    samplesNs.put("first", firstNs);
    samplesNs.put("whole", wholeNs);
    return since(before);
  }

  private static void firstRead(
      Job job, StoredObject object, int i, double[] firstNs, double[] wholeNs) throws IOException {
    if (job.way.isCold()) {
      object.chill();
    }
    long begunNs = System.nanoTime();
    try {
      object.open();
      object.attach();
      long attachedNs = System.nanoTime();
      object.read();
      firstNs[i] = System.nanoTime() - attachedNs;
    } finally {
      object.detach();
    }
    wholeNs[i] = System.nanoTime() - begunNs;
  }

  private void firstWrite(Job job, int i, double[] firstNs, double[] wholeNs) throws IOException {
    StoredObject object = object(job, path(job, "-new"));
    try {
      long begunNs = System.nanoTime();
      object.create();
      object.attach();
      long attachedNs = System.nanoTime();
      object.unname();
      long unnamedNs = System.nanoTime();
      object.write();
      firstNs[i] = System.nanoTime() - unnamedNs;
      object.detach();
      wholeNs[i] = System.nanoTime() - begunNs - (unnamedNs - attachedNs);
    } finally {
      object.remove();
    }
  }

  private static void copy(Job job, StoredObject object) throws IOException {
    if (job.write) {
      object.write();
    } else {
      object.read();
    }
  }

  /** The object with contents that this way uses, made when it is not there. */
  private StoredObject filled(Job job) throws IOException {
    for (Filled one : filled) {
      if (one.way == job.way && one.sizeBytes == job.sizeBytes) {
        return one.object;
      }
    }
    for (Filled one : filled) {
      // Another way's object of the same place: opened by name, never removed by this way.
      if (one.way.sharesWith(job.way)
          && one.sizeBytes == job.sizeBytes
          && job.way.place != Way.Place.SYSV) {
        StoredObject object = object(job, one.path);
        filled.add(new Filled(job.way, job.sizeBytes, one.path, object));
        return object;
      }
    }
    String path = path(job, "");
    StoredObject object = object(job, path);
    boolean done = false;
    try {
      object.create();
      object.attach();
      if (job.way.place == Way.Place.SYSV) {
        object.unname();
      }
      object.write();
      object.detach();
      done = true;
    } finally {
      if (!done) {
        object.remove();
      }
    }
    filled.add(new Filled(job.way, job.sizeBytes, path, object));
    return object;
  }

  private String path(Job job, String what) {
    String name = job.way.id + "-" + job.sizeBytes + what;
    return switch (job.way.place) {
      case POSIX -> posixPrefix + name;
      case TMPFS -> tmpfsPrefix + name;
      case DISK -> diskPrefix + name;
      case SYSV -> null;
    };
  }

  /**
   * @param path of a POSIX object: its name, with the slash
   */
  private StoredObject object(Job job, String path) {
    Way way = job.way;
    String file = way.place == Way.Place.POSIX ? "/dev/shm" + path : path;
    return switch (way.access) {
      case SEGMENT ->
          way.place == Way.Place.SYSV
              ? new SegmentObject.Sysv(sysvKey, job.sizeBytes, buffers)
              : new SegmentObject.Posix(path, job.sizeBytes, buffers);
      case MAPPED -> new MappedObject(way, file, job.sizeBytes, buffers);
      case CALLS -> new ChannelObject(way, file, job.sizeBytes, buffers);
    };
  }

  private static StorageNatives.Usage since(StorageNatives.Usage before) {
    StorageNatives.Usage now = StorageNatives.usage();
    return new StorageNatives.Usage(
        now.cpuNs() - before.cpuNs(),
        now.minorFaults() - before.minorFaults(),
        now.majorFaults() - before.majorFaults());
  }
}
