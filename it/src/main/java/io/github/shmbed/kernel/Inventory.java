// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All shared memory of this machine, POSIX and System V side by side, as {@code ls} shows it. */
public final class Inventory {
  private static final long BLOCK = 512;

  /**
   * One object.
   *
   * @param kind {@code posix}, {@code posix-sem}, {@code posix-mq}, {@code sysv-shm}, {@code
   *     sysv-sem} or {@code sysv-msg}
   * @param name POSIX name with its slash, or System V key
   * @param id of a System V object, else -1
   * @param residentBytes memory that it takes now
   * @param attached mappings that the kernel counts (System V) or processes that map it or hold it
   *     open (POSIX)
   * @param changedAt seconds since 1970 of the last change of its size, mode or owner; of its
   *     creation, mostly
   * @param holders pid and name of each process that maps it or holds it open, of those that this
   *     user may look at
   * @param creator who made it, as far as its name or the kernel tells; else empty
   */
  public record Entry(
      String kind,
      String name,
      long id,
      long sizeBytes,
      long residentBytes,
      int uid,
      String owner,
      int mode,
      long attached,
      long changedAt,
      Map<Long, String> holders,
      String creator) {

    /** As {@code ls --json} has it. */
    public Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("kind", kind);
      json.put("name", name);
      if (id >= 0) {
        json.put("id", id);
      }
      json.put("sizeBytes", sizeBytes);
      json.put("residentBytes", residentBytes);
      json.put("uid", uid);
      json.put("owner", owner);
      json.put("mode", String.format("%04o", mode));
      json.put("attached", attached);
      json.put("changed", Instant.ofEpochSecond(changedAt).toString());
      List<Object> mappedBy = new ArrayList<>();
      holders.forEach(
          (pid, command) -> {
            Map<String, Object> holder = new LinkedHashMap<>();
            holder.put("pid", pid);
            holder.put("command", command);
            mappedBy.add(holder);
          });
      json.put("mappedBy", mappedBy);
      json.put("creator", creator);
      return json;
    }
  }

  private Inventory() {}

  /** Looks now. What goes away meanwhile is left out. */
  public static List<Entry> take() throws IOException {
    Map<String, Set<Long>> holders = Handles.holders();
    Map<Integer, String> users = users();
    List<Entry> entries = new ArrayList<>();
    List<PosixObject> posix = PosixObject.all();
    Map<String, Long> resident = residentBytes(posix);
    for (PosixObject object : posix) {
      Map<Long, String> heldBy = named(holders.getOrDefault(Handles.key(object), Set.of()));
      boolean semaphore = object.name().startsWith("sem.");
      entries.add(
          new Entry(
              semaphore ? "posix-sem" : "posix",
              "/" + (semaphore ? object.name().substring(4) : object.name()),
              -1,
              object.sizeBytes(),
              resident.getOrDefault(object.name(), 0L),
              object.uid(),
              user(users, object.uid()),
              object.mode(),
              heldBy.size(),
              object.changed().toInstant().getEpochSecond(),
              heldBy,
              creator(object.name())));
    }
    for (SysvObject object : SysvObject.all()) {
      Map<Long, String> heldBy = named(holders.getOrDefault(Handles.key(object), Set.of()));
      String creator = object.creatorPid() == 0 ? "" : process(object.creatorPid());
      entries.add(
          new Entry(
              "sysv-" + object.kind().name().toLowerCase(java.util.Locale.ROOT),
              KeyRange.text(object.key()),
              object.id(),
              object.sizeBytes(),
              object.residentBytes(),
              object.uid(),
              user(users, object.uid()),
              object.mode(),
              object.attached(),
              object.changedAt(),
              heldBy,
              creator));
    }
    entries.addAll(queues(users));
    entries.sort(Comparator.comparing(Entry::kind).thenComparing(Entry::name));
    return entries;
  }

  /** Message queues, where their file system is mounted; mq_overview(7). */
  private static List<Entry> queues(Map<Integer, String> users) throws IOException {
    List<Entry> entries = new ArrayList<>();
    Path mounted = Path.of("/dev/mqueue");
    if (!Files.isDirectory(mounted)) {
      return entries;
    }
    try (var queues = Files.newDirectoryStream(mounted)) {
      for (Path queue : queues) {
        Map<String, Object> stat =
            Files.readAttributes(queue, "unix:size,mode,uid,ctime", LinkOption.NOFOLLOW_LINKS);
        int uid = (Integer) stat.get("uid");
        long changedAt =
            ((java.nio.file.attribute.FileTime) stat.get("ctime")).toInstant().getEpochSecond();
        String name = queue.getFileName().toString();
        entries.add(
            new Entry(
                "posix-mq",
                "/" + name,
                -1,
                (Long) stat.get("size"),
                0,
                uid,
                user(users, uid),
                (Integer) stat.get("mode") & 07777,
                0,
                changedAt,
                Map.of(),
                creator(name)));
      }
    }
    return entries;
  }

  private static String creator(String name) {
    Optional<RunId> run = RunId.ofObject(name);
    return run.map(id -> "run " + id + (id.isLive() ? "" : " (dead)")).orElse("");
  }

  private static String process(long pid) {
    return Proc.startTicks(pid) >= 0 ? pid + " " + Proc.name(pid) : pid + " (ended)";
  }

  private static Map<Long, String> named(Set<Long> pids) {
    Map<Long, String> named = new LinkedHashMap<>();
    pids.stream().sorted().forEach(pid -> named.put(pid, Proc.name(pid)));
    return named;
  }

  /** Java does not show st_blocks, stat(1) does. */
  private static Map<String, Long> residentBytes(List<PosixObject> objects) throws IOException {
    Map<String, Long> resident = new HashMap<>();
    if (objects.isEmpty()) {
      return resident;
    }
    List<String> command = new ArrayList<>(List.of("stat", "--format=%b %n", "--"));
    objects.forEach(object -> command.add(object.name()));
    Process stat =
        new ProcessBuilder(command)
            .directory(PosixObject.DIRECTORY.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String text = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    text.lines()
        .forEach(
            line -> {
              int blank = line.indexOf(' ');
              resident.put(
                  line.substring(blank + 1), Long.parseLong(line.substring(0, blank)) * BLOCK);
            });
    return resident;
  }

  private static String user(Map<Integer, String> users, int uid) {
    return users.getOrDefault(uid, Integer.toString(uid));
  }

  private static Map<Integer, String> users() throws IOException {
    Map<Integer, String> users = new HashMap<>();
    for (String line : Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1)) {
      String[] fields = line.split(":");
      if (fields.length > 2 && fields[2].matches("\\d{1,9}")) {
        users.putIfAbsent(Integer.parseInt(fields[2]), fields[0]);
      }
    }
    return users;
  }
}
