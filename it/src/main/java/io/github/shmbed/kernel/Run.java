// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import io.github.shmbed.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * What one run of the harness owns on this machine: a name prefix, a range of System V keys and a
 * directory of mode 0700. Two runs never meet. {@link #close} removes all of it; after a SIGKILL
 * {@code clean} does, from run.json.
 */
public final class Run implements AutoCloseable {
  /** Where run directories are. Containers see them under the same path. */
  public static final Path PARENT = Path.of("/tmp");

  private static final String CHANNELS = "channels";

  /** Containers of a run carry its id under this label. */
  public static final String CONTAINER_LABEL = "io.github.shmbed.run";

  /** And under this one who can tell whether it lives: {@link Proc#view}. */
  public static final String VIEW_LABEL = "io.github.shmbed.view";

  private static final Pattern CHANNEL_FILE =
      Pattern.compile(PARENT + "/shmbed-[^/]+/" + CHANNELS + "/.*");

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final RunId id;
  private final KeyRange keys;
  private final Path directory;
  private final AtomicInteger next = new AtomicInteger();
  private final Set<String> queues = ConcurrentHashMap.newKeySet();
  private volatile boolean bpf;

  private Run(RunId id, KeyRange keys, Path directory) {
    this.id = id;
    this.keys = keys;
    this.directory = directory;
  }

  /**
   * Starts a run.
   *
   * @throws IOException when its directory cannot be made or exists already
   */
  public static Run start() throws IOException {
    RunId id = RunId.next();
    Path directory = directory(id);
    Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    Files.createDirectory(channels(directory), PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    List<SysvObject> existing = SysvObject.all();
    KeyRange keys =
        KeyRange.random(
            base ->
                existing.stream().anyMatch(object -> new KeyRange(base).contains(object.key())));
    Run run = new Run(id, keys, directory);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put("run", id.toString());
    json.put("pid", id.pid());
    json.put("startTicks", id.startTicks());
    json.put("keyBase", KeyRange.text(keys.base()));
    json.put("containerLabel", CONTAINER_LABEL + "=" + id);
    Files.writeString(directory.resolve("run.json"), Json.pretty(json));
    return run;
  }

  static Path directory(RunId id) {
    return PARENT.resolve("shmbed-" + id);
  }

  public RunId id() {
    return id;
  }

  public KeyRange keys() {
    return keys;
  }

  /** Payloads and outs. */
  public Path directory() {
    return directory;
  }

  /** Sockets and fifos; the leak gate expects it empty after each cell. */
  public Path channels() {
    return channels(directory);
  }

  /** Whether a path, perhaps with " (deleted)" after it, is in the channels' folder of some run. */
  static boolean isChannelFile(String path) {
    return CHANNEL_FILE.matcher(path).matches();
  }

  static Path channels(Path directory) {
    return directory.resolve(CHANNELS);
  }

  /** A number that no other object of this run has. */
  public int nextNumber() {
    return next.getAndIncrement();
  }

  /** The name of a channel posix-mq that peers are about to make queues at. */
  public void expectQueues(String name) {
    queues.addAll(Queues.ofChannel(name));
  }

  /** After a cell: its queues are gone. */
  public void forgetQueues() {
    queues.clear();
  }

  /** Queues that may be there. */
  Set<String> queues() {
    return queues;
  }

  /** The manager of the channel skmsg is about to start. */
  public void expectBpf() {
    bpf = true;
  }

  /** Maps, programs, pins and mounts of BPF that are this run's. */
  Set<String> bpfObjects() throws IOException {
    return bpf ? BpfObjects.of(id.pid(), directory) : Set.of();
  }

  /** Removes every object of this run and its directory. Calling it twice does no harm. */
  @Override
  public void close() throws IOException {
    removeObjects(id, keys);
    for (String queue : Queues.names(queues)) {
      if (RunId.ofObject(queue).filter(id::equals).isPresent()) {
        Queues.remove(queue);
      }
    }
    Removal.tree(directory);
  }

  static void removeObjects(RunId id, KeyRange keys) throws IOException {
    for (PosixObject object : PosixObject.all()) {
      if (RunId.ofObject(object.name()).filter(id::equals).isPresent()) {
        Removal.posix(object);
      }
    }
    for (SysvObject object : SysvObject.all()) {
      if (keys.contains(object.key())) {
        Removal.sysv(object);
      }
    }
  }
}
