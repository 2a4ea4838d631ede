// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.notes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.kernel.Run;
import io.github.shmbed.registry.Home;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.Segment;
import io.github.shmbed.segment.SysvSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("what the notes say about POSIX objects")
class PosixNotesIT {
  private static final String TEXT = "This is POSIX shared memory IPC.\n";
  private static final int SIZE_BYTES = 4096;

  /** No other object has it, and it is no pid. */
  private static final int ODD_BYTES = 5_000_011;

  private Run run;
  private String name;
  private Path file;

  @BeforeEach
  void anObjectWithTheText() throws IOException {
    run = Run.start();
    name = run.id().posixName(0);
    file = Path.of("/dev/shm" + name);
    try (Segment segment = PosixSegment.createExclusively(name, SIZE_BYTES, 0600)) {
      segment.put(0, TEXT.getBytes(US_ASCII), 0, TEXT.length());
    }
  }

  @AfterEach
  void nothingStays() throws IOException {
    run.close();
  }

  @Test
  @Note(
      claim = "A POSIX object is a file in /dev/shm under its name.",
      verdict = Note.Verdict.HOLDS,
      because =
          "glibc and musl make shm_open an open of /dev/shm/NAME; shm_overview(7). POSIX does not promise it, Linux has it.")
  void anObjectIsAFileUnderItsName() throws IOException {
    assertTrue(Files.isRegularFile(file));
    assertEquals(SIZE_BYTES, Files.size(file));
    assertTrue(PosixSegment.unlink(name));
    assertFalse(Files.exists(file));
  }

  @Test
  @Note(
      claim = "cat shows what is in the object.",
      verdict = Note.Verdict.HOLDS,
      because =
          "It is a file. cat shows all 4096 bytes: the text, then NULs, which a terminal does not print.")
  void catShowsTheContents() throws Exception {
    String shown = Shell.run("cat " + file);
    assertEquals(TEXT + "\0".repeat(SIZE_BYTES - TEXT.length()), shown);
  }

  @Test
  @Note(
      claim =
          "Appending with >> changes the file but not what the reader prints, so shared memory is read-only for the shell.",
      verdict = Note.Verdict.SEEN_BUT_MISREAD,
      because =
          "The bytes land at the end of the file, offset 4096, behind the part that the reader maps and behind the NUL that ends"
              + " its text. Nothing is read-only: a reader that maps more sees them.")
  void appendingLandsBehindTheMappedPart() throws Exception {
    String before = readerPrints();
    Shell.run("echo appended >> " + file);
    assertEquals(SIZE_BYTES + "appended\n".length(), Files.size(file));
    assertEquals(TEXT, before);
    assertEquals(TEXT, readerPrints());
    try (Segment all = PosixSegment.openExisting(name, Access.READ_ONLY)) {
      assertArrayEquals(
          "appended\n".getBytes(US_ASCII), get(all, SIZE_BYTES, "appended\n".length()));
    }
  }

  @Test
  @Note(
      claim =
          "Not in the notes, but what they would have needed: what the shell writes at offset 0 is seen by who has the object mapped.",
      verdict = Note.Verdict.HOLDS,
      because = "The file and the mapping are the same pages. There is no copy that could be late.")
  void writingAtTheStartIsSeenByAMappedReaderAtOnce() throws Exception {
    try (Segment mapped = PosixSegment.openExisting(name, Access.READ_ONLY)) {
      assertArrayEquals("This".getBytes(US_ASCII), get(mapped, 0, 4));
      Shell.run("printf That | dd of=" + file + " conv=notrunc status=none");
      assertArrayEquals("That is".getBytes(US_ASCII), get(mapped, 0, 7));
    }
    assertEquals(TEXT.replace("This", "That"), readerPrints());
  }

  @Test
  @Note(
      claim = "/dev/shm is a tmpfs mount.",
      verdict = Note.Verdict.HOLDS,
      because =
          "tmpfs(5): files in the page cache and in swap, on no disk. It has a size of its own, which df shows.")
  void devShmIsATmpfsMount() throws Exception {
    assertEquals("tmpfs", Shell.run("df --output=fstype /dev/shm | tail -n 1").strip());
    assertTrue(
        Files.readAllLines(Path.of("/proc/mounts")).stream()
            .anyMatch(line -> line.matches("\\S+ /dev/shm tmpfs .*")));
  }

  @Test
  @Note(
      claim = "ipcs does not show POSIX objects.",
      verdict = Note.Verdict.HOLDS,
      because =
          "ipcs reads /proc/sysvipc, the kernel's table of System V objects. A POSIX object is a file and in no such table;"
              + " ls /dev/shm shows it, and ./shmbed ls shows both kinds.")
  void ipcsDoesNotShowIt() throws Exception {
    List<String> before = sysvRows();
    String another = run.id().posixName(1);
    PosixSegment.createExclusively(another, ODD_BYTES, 0600).close();
    assertEquals(before, sysvRows());
    assertTrue(Shell.run("ls /dev/shm").contains(another.substring(1)));
    // the control: a System V segment of that size has a row in each of the listings
    SysvSegment.createExclusively(run.keys().key(0), ODD_BYTES, 0600).close();
    assertEquals(before.size() + 3, sysvRows().size(), sysvRows().toString());
  }

  /**
   * Rows of ipcs and of the kernel's table that can only be of this test: no listing of System V
   * has names, but it has sizes and the creator's pid.
   */
  private static List<String> sysvRows() throws Exception {
    String size = Integer.toString(ODD_BYTES);
    String pid = Long.toString(ProcessHandle.current().pid());
    List<String> rows = new ArrayList<>();
    for (String listing : new String[] {"ipcs -m", "ipcs -m -p", "cat /proc/sysvipc/shm"}) {
      Shell.run(listing)
          .lines()
          .filter(
              row -> {
                List<String> fields = Arrays.asList(row.strip().split("\\s+"));
                return fields.contains(size) || fields.contains(pid);
              })
          .forEach(rows::add);
    }
    return rows;
  }

  /** What the reader of the original experiment prints: the text in the first 4096 bytes. */
  private String readerPrints() throws Exception {
    Path reader = Home.find().path().resolve("peers/c/storage/shm_read");
    return Shell.run("'" + reader + "' " + name);
  }

  private static byte[] get(Segment segment, long offset, int length) {
    byte[] bytes = new byte[length];
    segment.get(offset, bytes, 0, length);
    return bytes;
  }
}
