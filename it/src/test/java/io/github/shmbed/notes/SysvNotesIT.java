// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.notes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.NativeLibrary;
import io.github.shmbed.kernel.KeyRange;
import io.github.shmbed.kernel.PosixObject;
import io.github.shmbed.kernel.Run;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.Segment;
import io.github.shmbed.segment.SysvObject;
import io.github.shmbed.segment.SysvSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("what the notes say about System V segments")
class SysvNotesIT {
  private static final int SIZE_BYTES = 4096;
  private static final int ODD_BYTES = 5_000_011; // no other object has it
  private static final int IPC_CREAT = 01000;
  private static final String NO_KEY = "0x00000000";

  private Run run;
  private int key;
  private SysvObject object;

  @BeforeEach
  void aSegment() throws IOException {
    run = Run.start();
    key = run.keys().key(0);
    object = SysvObject.createExclusively(key, SIZE_BYTES, 0600);
  }

  @AfterEach
  void nothingStays() throws IOException {
    object.remove();
    run.close();
  }

  @Test
  @Note(
      claim = "ipcs and /proc/sysvipc show System V segments.",
      verdict = Note.Verdict.HOLDS,
      because =
          "The kernel keeps them in a table of their own, proc(5); they are in no directory, so ls and cat find nothing.")
  void ipcsShowsIt() throws Exception {
    Row row = row(object.id()).orElseThrow();
    assertEquals(KeyRange.text(key), row.key);
    assertEquals(SIZE_BYTES, row.sizeBytes);
    assertEquals(
        1,
        Files.readAllLines(Path.of("/proc/sysvipc/shm")).stream()
            .map(line -> line.strip().split("\\s+"))
            .filter(fields -> fields[1].equals(Integer.toString(object.id())))
            .count());
    assertEquals(0, filesOfOddSize());
    SysvSegment.createExclusively(run.keys().key(1), ODD_BYTES, 0600).close();
    assertEquals(0, filesOfOddSize());
    // the control: a POSIX object of that size is a file
    PosixSegment.createExclusively(run.id().posixName(0), ODD_BYTES, 0600).close();
    assertEquals(1, filesOfOddSize());
  }

  private static long filesOfOddSize() throws IOException {
    return PosixObject.all().stream().filter(file -> file.sizeBytes() == ODD_BYTES).count();
  }

  @Test
  @Note(
      claim = "nattch is how many use the segment.",
      verdict = Note.Verdict.HOLDS,
      because =
          "It counts attachments, shmat less shmdt, not processes: one process that attaches twice counts twice. Having created"
              + " a segment does not count.")
  void nattchCountsAttachments() throws Exception {
    assertEquals(0, row(object.id()).orElseThrow().attached);
    try (Segment one = object.attach(SIZE_BYTES, Access.READ_WRITE)) {
      assertEquals(1, row(object.id()).orElseThrow().attached);
      try (Segment again = object.attach(SIZE_BYTES, Access.READ_ONLY)) {
        assertFalse(again.isClosed());
        assertEquals(2, row(object.id()).orElseThrow().attached);
      }
      assertEquals(1, row(object.id()).orElseThrow().attached);
      assertFalse(one.isClosed());
    }
    assertEquals(0, row(object.id()).orElseThrow().attached);
  }

  @Test
  @Note(
      claim = "Some segments have the status dest.",
      verdict = Note.Verdict.HOLDS,
      because =
          "They were removed while somebody had them attached (SHM_DEST, shmctl(2)): the key is taken away at once, the memory stays"
              + " until the last one detaches, and on Linux it can even be attached again by its id.")
  void aSegmentThatWasRemovedWhileAttachedIsDest() throws Exception {
    Segment attached = object.attach(SIZE_BYTES, Access.READ_WRITE);
    attached.putLong(0, 4711);
    assertTrue(object.remove());
    Row row = row(object.id()).orElseThrow();
    assertEquals("dest", row.status);
    assertEquals(NO_KEY, row.key);
    assertEquals(1, row.attached);
    NativeCallException gone =
        assertThrows(
            NativeCallException.class, () -> SysvSegment.openExisting(key, Access.READ_ONLY));
    assertEquals(Errno.ENOENT, gone.errno());
    try (Segment byId = SysvSegment.openById(object.id(), Access.READ_ONLY)) {
      assertEquals(4711, byId.getLong(0));
    }
    attached.close();
    assertEquals(Optional.empty(), row(object.id()));
  }

  @Test
  @Note(
      claim = "Many segments have the key 0x00000000.",
      verdict = Note.Verdict.HOLDS,
      because =
          "That is no key at all: either IPC_PRIVATE, a segment that was made to be found by its id alone (shmget(2)), or one that was"
              + " removed while attached. So two segments can show the same 0x00000000, and it opens neither.")
  void theKeyZeroIsNoKey() throws Exception {
    int one = shmget(IPC_CREAT);
    int other = shmget(IPC_CREAT);
    try {
      assertEquals(NO_KEY, row(one).orElseThrow().key);
      assertEquals(NO_KEY, row(other).orElseThrow().key);
      assertEquals("", row(one).orElseThrow().status);
      int third = shmget(0); // not even IPC_CREAT
      try {
        assertTrue(one != other && third != one && third != other);
      } finally {
        SysvObject.openById(third).remove();
      }
    } finally {
      SysvObject.openById(one).remove();
      SysvObject.openById(other).remove();
    }
  }

  /**
   * shmget(0, ...), IPC_PRIVATE: the library takes no such key, since two programs could never meet
   * by it.
   */
  private static int shmget(int flags) {
    int id =
        NativeLibrary.getProcess()
            .getFunction("shmget")
            .invokeInt(new Object[] {0, (long) SIZE_BYTES, 0600 | flags});
    assertTrue(id >= 0, "shmget");
    return id;
  }

  /** One line of ipcs -m. */
  private record Row(String key, int id, long sizeBytes, long attached, String status) {}

  private static Optional<Row> row(int id) throws Exception {
    return Shell.run("ipcs -m")
        .lines()
        .map(line -> Arrays.asList(line.strip().split("\\s+")))
        .filter(fields -> fields.size() >= 6 && fields.get(1).equals(Integer.toString(id)))
        .map(SysvNotesIT::row)
        .findFirst();
  }

  private static Row row(List<String> fields) {
    return new Row(
        fields.get(0),
        Integer.parseInt(fields.get(1)),
        Long.parseLong(fields.get(4)),
        Long.parseLong(fields.get(5)),
        fields.size() > 6 ? fields.get(6) : "");
  }
}
