// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import java.io.IOException;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PosixSegmentTest {
  private final String name = TestNames.name();
  private final Path file = Path.of("/dev/shm" + name);

  @AfterEach
  void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  @Test
  void whatIsPutIsInTheFileAndComesBackByGet() throws IOException {
    byte[] text = "hello".getBytes(StandardCharsets.US_ASCII);
    try (PosixSegment segment = PosixSegment.createExclusively(name, 8192, 0600)) {
      segment.put(4094, text, 0, text.length);
      assertEquals(8192, segment.sizeBytes());
    }
    byte[] all = Files.readAllBytes(file);
    assertEquals(8192, all.length);
    assertEquals("hello", new String(all, 4094, 5, StandardCharsets.US_ASCII));
    try (PosixSegment segment = PosixSegment.openExisting(name, Access.READ_ONLY)) {
      byte[] copy = new byte[7];
      segment.get(4094, copy, 1, 5);
      assertArrayEquals(new byte[] {0, 'h', 'e', 'l', 'l', 'o', 0}, copy);
    }
    assertTrue(PosixSegment.unlink(name));
    assertFalse(PosixSegment.unlink(name));
  }

  @Test
  void theModeIsExactWhateverTheUmask() throws IOException {
    PosixSegment.createExclusively(name, 1, 0666).close();
    assertEquals("rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void aNewSegmentHasItsMemory() throws IOException {
    PosixSegment.createExclusively(name, 1 << 20, 0600).close();
    assertEquals(1 << 20, ((Number) Files.getAttribute(file, "unix:size")).longValue());
    Process du = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    String blocks =
        new String(du.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertEquals(String.valueOf((1 << 20) / 512), blocks);
  }

  @Test
  void createNeverTakesWhatIsThere() throws IOException {
    Files.write(file, new byte[] {7});
    NativeCallException failure =
        assertThrows(
            NativeCallException.class, () -> PosixSegment.createExclusively(name, 1, 0600));
    assertEquals("shm_open", failure.call());
    assertEquals(name, failure.object());
    assertEquals(Errno.EEXIST, failure.errno());
    assertArrayEquals(new byte[] {7}, Files.readAllBytes(file));
  }

  @Test
  void openNeverCreates() {
    NativeCallException failure =
        assertThrows(
            NativeCallException.class, () -> PosixSegment.openExisting(name, Access.READ_WRITE));
    assertEquals(Errno.ENOENT, failure.errno());
    assertFalse(Files.exists(file));
  }

  @Test
  void aFailedCreationLeavesNothing() {
    // The sum of /dev/shm and this is more than any machine has.
    NativeCallException failure =
        assertThrows(
            NativeCallException.class,
            () -> PosixSegment.createExclusively(name, Limits.MAX_SIZE_BYTES, 0600));
    assertEquals("posix_fallocate", failure.call());
    assertEquals(Errno.ENOSPC, failure.errno());
    assertTrue(
        failure.remedy().contains(Limits.MAX_SIZE_BYTES + " bytes wanted"), failure.remedy());
    assertFalse(Files.exists(file));
  }

  @Test
  void whatIsNoSegmentUnderTheNameIsRefused() throws Exception {
    Files.createSymbolicLink(file, Path.of("/etc/hostname"));
    assertEquals(Errno.ELOOP, openFailure().errno());
    Files.delete(file);

    Files.createDirectory(file);
    assertEquals(Errno.EINVAL, openFailure().errno());
    Files.delete(file);

    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    assertEquals(Errno.EINVAL, openFailure().errno());
    Files.delete(file);

    Files.createFile(file);
    assertTrue(openFailure().remedy().contains("size is 0"));
  }

  @Test
  void sizesAndModesOutOfRangeAreRefusedBeforeAnythingIsCreated() {
    for (long size : new long[] {0, -1, Limits.MAX_SIZE_BYTES + 1, Long.MAX_VALUE}) {
      assertThrows(
          IllegalArgumentException.class, () -> PosixSegment.createExclusively(name, size, 0600));
    }
    assertThrows(
        IllegalArgumentException.class, () -> PosixSegment.createExclusively(name, 1, 01777));
    assertFalse(Files.exists(file));
  }

  @Test
  void writingToAReadOnlySegmentIsAnException() {
    PosixSegment.createExclusively(name, 64, 0600).close();
    try (PosixSegment segment = PosixSegment.openExisting(name, Access.READ_ONLY)) {
      assertThrows(ReadOnlyBufferException.class, () -> segment.put(0, new byte[1], 0, 1));
      assertThrows(ReadOnlyBufferException.class, () -> segment.putLong(0, 1));
      assertThrows(ReadOnlyBufferException.class, () -> segment.putLongRelease(0, 1));
      assertThrows(ReadOnlyBufferException.class, () -> segment.compareAndSetLong(0, 0, 1));
      assertThrows(ReadOnlyBufferException.class, () -> segment.window(0, 8).put((byte) 1));
    }
  }

  @Test
  void aNameOutsideAsciiIsTheSameBytesForEveryLanguage() throws IOException {
    String umlaut = name + "-ü";
    PosixSegment.createExclusively(umlaut, 1, 0600).close();
    try {
      Process ls =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "ls /dev/shm | grep -c \"$(printf '%s-\\303\\274' " + name.substring(1) + ")\"")
              .start();
      assertEquals(
          "1", new String(ls.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
    } finally {
      assertTrue(PosixSegment.unlink(umlaut));
    }
  }

  private NativeCallException openFailure() {
    return assertThrows(
        NativeCallException.class, () -> PosixSegment.openExisting(name, Access.READ_ONLY));
  }
}
