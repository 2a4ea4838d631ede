// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import io.github.shmbed.json.Json;
import io.github.shmbed.skmsg.SkmsgManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What runs left that were killed: kernel objects, run directories, containers; and objects at the
 * default names that nobody uses. Never anything of a run that lives, of another user, or that a
 * process maps.
 */
public final class Remains {
  /** How long a run may hold the default names for one cell. */
  private static final Duration LOCK_WAIT = Duration.ofMillis(200);

  /** One thing that can go. */
  public record Item(String what, String why, Remover remover) {}

  /** Removes an item. */
  public interface Remover {
    void remove() throws IOException;
  }

  private final Path home;
  private final int uid;
  private final List<Item> items = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  private Remains(Path home, int uid) {
    this.home = home;
    this.uid = uid;
  }

  /**
   * Looks for remains of this user.
   *
   * @param home the tree, for the default System V key
   */
  public static List<Item> find(Path home) throws IOException {
    Remains remains = new Remains(home, Proc.uid());
    remains.objectsOfDeadRuns();
    remains.runDirectories();
    remains.containers();
    remains.defaultObjects();
    return remains.items;
  }

  private void objectsOfDeadRuns() throws IOException {
    for (PosixObject object : PosixObject.all()) {
      Optional<RunId> run = RunId.ofObject(object.name());
      if (object.uid() == uid && run.isPresent() && !run.get().isLive()) {
        add(
            "/dev/shm/" + object.name() + ", " + object.sizeBytes() + " bytes",
            dead(run.get()),
            () -> Removal.posix(object));
      }
    }
    Path queues = Path.of("/dev/mqueue");
    for (Path queue : children(queues, "shmbed-*")) {
      Optional<RunId> run = RunId.ofObject(queue.getFileName().toString());
      if (owner(queue) == uid && run.isPresent() && !run.get().isLive()) {
        add(
            "message queue /" + queue.getFileName(),
            dead(run.get()),
            () -> Files.deleteIfExists(queue));
      }
    }
  }

  private void runDirectories() throws IOException {
    for (Path directory : children(Run.PARENT, "shmbed-*")) {
      Optional<RunId> run = RunId.ofObject(directory.getFileName().toString());
      if (run.isEmpty()
          || run.get().isLive()
          || owner(directory) != uid
          || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      queuesOf(run.get());
      keyRange(directory.resolve("run.json")).ifPresent(keys -> objectsOf(keys, run.get()));
      add(
          "directory " + directory,
          dead(run.get()),
          () -> {
            SkmsgManager.remove(Run.channels(directory)); // a file system may be mounted in it
            Removal.tree(directory);
          });
    }
  }

  /** Where queues cannot be listed; elsewhere the listing has them. */
  private void queuesOf(RunId run) throws IOException {
    for (String queue : Queues.names(Queues.candidates(run))) {
      if (RunId.ofObject(queue).filter(run::equals).isPresent()) {
        add("message queue /" + queue, dead(run), () -> Queues.remove(queue));
      }
    }
  }

  private void objectsOf(KeyRange keys, RunId run) {
    try {
      for (SysvObject object : SysvObject.all()) {
        if (keys.contains(object.key()) && object.uid() == uid) {
          add(
              "System V " + object.describe() + ", " + object.sizeBytes(),
              dead(run),
              () -> Removal.sysv(object));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("/proc/sysvipc: " + e.getMessage(), e);
    }
  }

  /**
   * Objects at the default names, unless a run works with them this moment or a process maps them.
   */
  private void defaultObjects() throws IOException {
    DefaultNamesLock lock;
    try {
      lock = DefaultNamesLock.acquire(LOCK_WAIT);
    } catch (IOException busy) {
      return;
    }
    try {
      for (PosixObject object : defaultPosix()) {
        add(
            "/dev/shm/" + object.name() + ", " + object.sizeBytes() + " bytes",
            "default name, nobody maps it",
            () -> removeDefault(object));
      }
      for (SysvObject object : defaultSysv()) {
        add(
            "System V " + object.describe() + ", " + object.sizeBytes() + " bytes",
            "default key, nobody attaches it",
            () -> removeDefault(object));
      }
    } finally {
      lock.close();
    }
  }

  private List<PosixObject> defaultPosix() throws IOException {
    Map<String, Set<Long>> holders = Handles.holders();
    List<PosixObject> objects = new ArrayList<>();
    for (String name : Defaults.POSIX_NAMES) {
      PosixObject object = PosixObject.find(name);
      if (object != null
          && object.uid() == uid
          && holders.getOrDefault(Handles.key(object), Set.of()).isEmpty()) {
        objects.add(object);
      }
    }
    return objects;
  }

  private List<SysvObject> defaultSysv() throws IOException {
    int key = Defaults.key(home);
    return SysvObject.read(SysvObject.Kind.SHM).stream()
        .filter(
            object ->
                key != 0 && object.key() == key && object.uid() == uid && object.attached() == 0)
        .toList();
  }

  /** A run may have come since it was found, and made it again or begun to use it. */
  private void removeDefault(PosixObject found) throws IOException {
    DefaultNamesLock lock = DefaultNamesLock.acquire(LOCK_WAIT);
    try {
      if (defaultPosix().stream().noneMatch(now -> now.inode() == found.inode())) {
        throw new IOException("it is gone or in use by now");
      }
      Removal.posix(found);
    } finally {
      lock.close();
    }
  }

  private void removeDefault(SysvObject found) throws IOException {
    DefaultNamesLock lock = DefaultNamesLock.acquire(LOCK_WAIT);
    try {
      if (defaultSysv().stream().noneMatch(now -> now.id() == found.id())) {
        throw new IOException("it is gone or in use by now");
      }
      Removal.sysv(found);
    } finally {
      lock.close();
    }
  }

  /**
   * By Docker's client, when there is one and its engine answers at once; without, there are no
   * containers to find.
   */
  private void containers() throws IOException {
    for (String line :
        docker(
            "ps",
            "--all",
            "--no-trunc",
            "--filter",
            "label=" + Run.CONTAINER_LABEL,
            "--filter",
            "label=" + Run.VIEW_LABEL + "=" + Proc.view(),
            "--format",
            "{{.ID}} {{.Label \"" + Run.CONTAINER_LABEL + "\"}}")) {
      String[] words = line.split(" ", 2);
      Optional<RunId> run = words.length == 2 ? RunId.parse(words[1]) : Optional.empty();
      if (run.isPresent() && !run.get().isLive()) {
        add(
            "container " + words[0].substring(0, Math.min(12, words[0].length())),
            dead(run.get()),
            () -> docker("rm", "--force", "--volumes", words[0]));
      }
    }
  }

  private static List<String> docker(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException noClient) {
      return List.of();
    }
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return List.of();
      }
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.exitValue() == 0 ? text.lines().toList() : List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for docker", e);
    }
  }

  private void add(String what, String why, Remover remover) {
    if (seen.add(what)) {
      items.add(new Item(what, why, remover));
    }
  }

  private static String dead(RunId run) {
    return "left by run " + run + ", whose process " + run.pid() + " has ended";
  }

  /** Of a run.json that may be half written, or not there. */
  private static Optional<KeyRange> keyRange(Path runJson) throws IOException {
    if (!Files.isRegularFile(runJson, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      String base = Json.text(Json.parseObject(Files.readString(runJson)), "keyBase");
      return base == null
          ? Optional.empty()
          : Optional.of(new KeyRange((int) (long) Long.decode(base)));
    } catch (IllegalArgumentException broken) {
      return Optional.empty();
    }
  }

  private static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  private static List<Path> children(Path directory, String glob) throws IOException {
    List<Path> children = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
        entries.forEach(children::add);
      }
    }
    return children;
  }
}
