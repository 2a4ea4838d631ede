// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The gate's rules on made-up snapshots; SabotageIT shows the gate at work on real ones. */
class LeakGateTest {
  private static final RunId RUN = new RunId(100, 0xabc, 0);
  private static final KeyRange KEYS = new KeyRange(0x12340000);
  private static final int UID = 1000;
  private static final int ANOTHER_UID = 1001;
  private static final long PEER = 200;
  private static final long STRANGER = 300;
  private static final Optional<Integer> NOT_HELD = Optional.empty();
  private static final Snapshot EMPTY = snapshot(List.of(), List.of());

  private static Snapshot snapshot(List<PosixObject> posix, List<SysvObject> sysv) {
    return new Snapshot(
        posix, sysv, Set.of(), Set.of(), Set.of(), Map.of(PEER, Set.of("fd 3 -> socket:[1]")));
  }

  private static PosixObject posix(String name, long inode) {
    return posix(name, inode, UID);
  }

  private static PosixObject posix(String name, long inode, int uid) {
    return new PosixObject(name, inode, 10, 0600, uid, FileTime.fromMillis(0));
  }

  private static SysvObject sysv(int key, int id, long creator) {
    return sysv(key, id, creator, UID);
  }

  private static SysvObject sysv(int key, int id, long creator, int uid) {
    return new SysvObject(SysvObject.Kind.SHM, key, id, 0600, 10, 0, creator, 0, uid, 0);
  }

  private static List<String> leaks(
      Snapshot before,
      Snapshot after,
      Optional<Integer> defaultKey,
      Map<String, Set<Long>> holders) {
    return compare(before, after, defaultKey, holders).stream().map(Leak::toString).toList();
  }

  private static List<Leak> compare(
      Snapshot before,
      Snapshot after,
      Optional<Integer> defaultKey,
      Map<String, Set<Long>> holders) {
    return LeakGate.compare(before, after, RUN, KEYS, UID, Set.of(PEER), defaultKey, holders);
  }

  @Test
  void nothingNewIsNoLeak() {
    Snapshot same = snapshot(List.of(posix("x", 1)), List.of(sysv(5, 1, 0)));
    assertEquals(List.of(), leaks(same, same, NOT_HELD, Map.of()));
  }

  @Test
  void anObjectOfThisRunIsALeak() {
    Snapshot after = snapshot(List.of(posix("shmbed-100-abc-0-7", 1)), List.of());
    assertEquals(
        List.of("/dev/shm/shmbed-100-abc-0-7 (10 bytes)"), leaks(EMPTY, after, NOT_HELD, Map.of()));
  }

  @Test
  void anObjectThatReplacedAnotherOfItsNameIsNew() {
    Snapshot before = snapshot(List.of(posix("shmbed-100-abc-0-7", 1)), List.of());
    Snapshot after = snapshot(List.of(posix("shmbed-100-abc-0-7", 2)), List.of());
    assertEquals(1, leaks(before, after, NOT_HELD, Map.of()).size());
  }

  @Test
  void objectsOfOtherRunsAreTheirs() {
    Snapshot after =
        snapshot(List.of(posix("shmbed-101-abc-0-7", 1), posix("shmbed-c-test-1", 2)), List.of());
    assertEquals(List.of(), leaks(EMPTY, after, NOT_HELD, Map.of()));
  }

  @Test
  void defaultNamesCountWhileThisRunHoldsThem() {
    Snapshot after = snapshot(List.of(posix("shm_posix", 1)), List.of(sysv(0xa1b2, 2, STRANGER)));
    assertEquals(List.of(), leaks(EMPTY, after, NOT_HELD, Map.of()));
    assertEquals(
        List.of("/dev/shm/shm_posix (10 bytes)", "System V shm key 0x0000a1b2 id 2 (10)"),
        leaks(EMPTY, after, Optional.of(0xa1b2), Map.of()));
  }

  @Test
  void aKeyOfThisRunIsALeakWhoeverMadeIt() {
    Snapshot after = snapshot(List.of(), List.of(sysv(0x12340007, 2, STRANGER)));
    assertEquals(1, leaks(EMPTY, after, NOT_HELD, Map.of()).size());
  }

  @Test
  void anUnknownObjectThatAPeerHoldsOrMadeIsALeak() {
    Snapshot after = snapshot(List.of(posix("psm_1", 1)), List.of(sysv(9, 2, PEER)));
    assertEquals(
        List.of("/dev/shm/psm_1 (10 bytes)", "System V shm key 0x00000009 id 2 (10)"),
        leaks(EMPTY, after, NOT_HELD, Map.of("/dev/shm/psm_1", Set.of(PEER, STRANGER))));
  }

  @Test
  void anUnknownObjectOfAStrangerIsNone() {
    Snapshot after = snapshot(List.of(posix("psm_1", 1)), List.of(sysv(9, 2, STRANGER)));
    assertEquals(
        List.of(), leaks(EMPTY, after, NOT_HELD, Map.of("/dev/shm/psm_1", Set.of(STRANGER))));
  }

  @Test
  void anUnknownObjectOfNobodyIsReportedAndLeftAlone() {
    Snapshot after = snapshot(List.of(posix("psm_1", 1)), List.of());
    List<Leak> leaks = compare(EMPTY, after, NOT_HELD, Map.of());
    assertEquals(List.of(false), leaks.stream().map(Leak::certain).toList());
  }

  @Test
  void whatAnotherUserMakesMeanwhileIsTheirs() {
    Snapshot after =
        snapshot(
            List.of(posix("psm_1", 1, ANOTHER_UID), posix("shm_posix", 2, ANOTHER_UID)),
            List.of(sysv(9, 3, 0, ANOTHER_UID), sysv(0xa1b2, 4, 0, ANOTHER_UID)));
    assertEquals(List.of(), leaks(EMPTY, after, Optional.of(0xa1b2), Map.of()));
  }

  @Test
  void whatHasTheRunsNameOrKeyIsALeakWhoeverOwnsIt() {
    Snapshot after =
        snapshot(
            List.of(posix("shmbed-100-abc-0-7", 1, ANOTHER_UID)),
            List.of(sysv(0x12340007, 2, STRANGER, ANOTHER_UID)));
    assertEquals(2, leaks(EMPTY, after, NOT_HELD, Map.of()).size());
  }

  @Test
  void aDescriptorMoreThanBeforeIsALeak() {
    Snapshot after =
        new Snapshot(
            List.of(),
            List.of(),
            Set.of(),
            Set.of(),
            Set.of(),
            Map.of(PEER, Set.of("fd 3 -> socket:[1]", "fd 4 -> /dev/shm/x (deleted)")));
    assertEquals(
        List.of("pid 200 keeps fd 4 -> /dev/shm/x (deleted)"),
        leaks(EMPTY, after, NOT_HELD, Map.of()));
  }

  @Test
  void aSocketOrAQueueThatStayedIsALeak() {
    Snapshot after =
        new Snapshot(
            List.of(),
            List.of(),
            Set.of("shmbed-100-abc-0-1.r", "shmbed-x", "other"),
            Set.of("s1"),
            Set.of("BPF pin /tmp/x"),
            Map.of());
    assertEquals(
        Set.of(
            "message queue /shmbed-100-abc-0-1.r",
            "message queue /other (not removed: it may be somebody else's)",
            "socket or fifo s1",
            "BPF pin /tmp/x"),
        Set.copyOf(leaks(EMPTY, after, NOT_HELD, Map.of())));
  }
}
