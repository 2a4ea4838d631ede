// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares what is there after a cell with what was there before it, and removes what the cell
 * left.
 */
public final class LeakGate {
  /** Something unknown that goes away by itself within this time belonged to a stranger at work. */
  private static final Duration STRANGERS_TIME = Duration.ofSeconds(3);

  private final Run run;

  public LeakGate(Run run) {
    this.run = run;
  }

  /**
   * What is there now.
   *
   * @param pids the peers whose descriptors and mappings count
   */
  public Snapshot snapshot(Collection<Long> pids) throws IOException {
    return Snapshot.take(run, pids);
  }

  /**
   * What was left since {@code before}.
   *
   * @param pids every process that the cell ran, ended ones too
   * @param defaultKey the default System V key when this run holds the default names, else empty
   */
  public List<Leak> leaksSince(Snapshot before, Set<Long> pids, Optional<Integer> defaultKey)
      throws IOException {
    List<Leak> leaks = look(before, pids, defaultKey);
    long end = System.nanoTime() + STRANGERS_TIME.toNanos();
    while (leaks.stream().anyMatch(leak -> !leak.certain()) && System.nanoTime() < end) {
      pause();
      leaks = look(before, pids, defaultKey);
    }
    return leaks;
  }

  /** Removes what is surely the cell's; the rest is for its owner, and {@code ls} shows it. */
  public void remove(List<Leak> leaks) throws IOException {
    for (Leak leak : leaks) {
      if (!leak.certain()) {
        continue;
      }
      if (leak.posix() != null) {
        Removal.posix(leak.posix());
      } else if (leak.sysv() != null) {
        Removal.sysv(leak.sysv());
      } else if (leak.queue() != null) {
        Queues.remove(leak.queue());
      } else if (leak.file() != null) {
        java.nio.file.Files.deleteIfExists(run.channels().resolve(leak.file()));
      }
    }
  }

  private List<Leak> look(Snapshot before, Set<Long> pids, Optional<Integer> defaultKey)
      throws IOException {
    Snapshot after = snapshot(before.handles().keySet());
    boolean unknown = !newPosix(before, after).isEmpty() || !newSysv(before, after).isEmpty();
    Map<String, Set<Long>> holders = unknown ? Handles.holders() : Map.of();
    return compare(before, after, run.id(), run.keys(), Proc.uid(), pids, defaultKey, holders);
  }

  /**
   * The rules, without the looking. An object is this cell's when its name carries the run's id,
   * its key lies in the run's range, it is at the default names while this run holds them, or a
   * process of the cell made it or holds it. Names of other runs are theirs, and what has neither
   * name nor key of this run and is another user's is that user's: the cell's processes all run as
   * this one, and who holds it could not be seen. An object that a stranger made (the kernel knows
   * it of System V) or holds is the stranger's. What remains is reported, but not removed.
   *
   * @param uid this user
   */
  static List<Leak> compare(
      Snapshot before,
      Snapshot after,
      RunId id,
      KeyRange keys,
      int uid,
      Set<Long> pids,
      Optional<Integer> defaultKey,
      Map<String, Set<Long>> holders) {
    List<Leak> leaks = new ArrayList<>();
    for (PosixObject object : newPosix(before, after)) {
      Optional<RunId> owner = RunId.ofObject(object.name());
      Set<Long> heldBy = holders.getOrDefault(Handles.key(object), Set.of());
      if (owner.isPresent()) {
        if (owner.get().equals(id)) {
          leaks.add(Leak.of(object, true));
        }
      } else if (object.uid() != uid) {
        continue;
      } else if (Defaults.POSIX_NAMES.contains(object.name())) {
        if (defaultKey.isPresent()) {
          leaks.add(Leak.of(object, true));
        }
      } else if (heldBy.stream().anyMatch(pids::contains)) {
        leaks.add(Leak.of(object, true));
      } else if (heldBy.isEmpty() && !object.name().startsWith("shmbed-")) {
        leaks.add(Leak.of(object, false));
      }
    }
    for (SysvObject object : newSysv(before, after)) {
      Set<Long> heldBy = holders.getOrDefault(Handles.key(object), Set.of());
      if (keys.contains(object.key())) {
        leaks.add(Leak.of(object, true));
      } else if (object.uid() != uid) {
        continue;
      } else if (defaultKey.filter(key -> key == object.key()).isPresent()
          || pids.contains(object.creatorPid())
          || heldBy.stream().anyMatch(pids::contains)) {
        leaks.add(Leak.of(object, true));
      } else if (heldBy.isEmpty() && object.creatorPid() == 0) {
        leaks.add(Leak.of(object, false));
      }
    }
    for (String queue : minus(after.queues(), before.queues())) {
      Optional<RunId> owner = RunId.ofObject(queue);
      if (owner.isEmpty() ? !queue.startsWith("shmbed-") : owner.get().equals(id)) {
        leaks.add(Leak.queue(queue, owner.isPresent()));
      }
    }
    minus(after.files(), before.files()).forEach(file -> leaks.add(Leak.file(file)));
    minus(after.bpf(), before.bpf()).forEach(object -> leaks.add(Leak.bpf(object)));
    after
        .handles()
        .forEach(
            (pid, handles) ->
                minus(handles, before.handles().getOrDefault(pid, Set.of()))
                    .forEach(handle -> leaks.add(Leak.handle(pid, handle))));
    return leaks;
  }

  private static List<PosixObject> newPosix(Snapshot before, Snapshot after) {
    Set<String> known =
        before.posix().stream()
            .map(object -> object.name() + "/" + object.inode())
            .collect(Collectors.toSet());
    return after.posix().stream()
        .filter(object -> !known.contains(object.name() + "/" + object.inode()))
        .toList();
  }

  private static List<SysvObject> newSysv(Snapshot before, Snapshot after) {
    Set<String> known =
        before.sysv().stream()
            .map(object -> object.kind() + "/" + object.id())
            .collect(Collectors.toSet());
    return after.sysv().stream()
        .filter(object -> !known.contains(object.kind() + "/" + object.id()))
        .toList();
  }

  private static Set<String> minus(Set<String> after, Set<String> before) {
    Set<String> rest = new HashSet<>(after);
    rest.removeAll(before);
    return rest;
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
