// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SysvStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysvSegmentTest {
  private final int key = TestNames.key();

  @AfterEach
  void remove() {
    SysvSegment.remove(key);
  }

  @Test
  void whatIsPutComesBackByKeyAndById() {
    int id;
    try (SysvSegment segment = SysvSegment.createExclusively(key, 10000, 0600)) {
      segment.putLong(9992, 0x1122334455667788L);
      id = SysvObject.openExisting(key, 0).id();
    }
    try (SysvSegment segment = SysvSegment.openExisting(key, Access.READ_ONLY)) {
      assertEquals(10000, segment.sizeBytes());
      assertEquals(0x1122334455667788L, segment.getLong(9992));
      assertEquals((byte) 0x88, segment.getByte(9992));
    }
    try (SysvSegment segment = SysvSegment.openById(id, Access.READ_WRITE)) {
      assertEquals(0x1122334455667788L, segment.getLong(9992));
    }
    assertTrue(SysvSegment.removeById(id));
    assertFalse(SysvSegment.removeById(id));
    assertFalse(SysvSegment.remove(key));
  }

  @Test
  void theStatusIsWhatTheKernelSays() throws IOException {
    try (SysvSegment segment = SysvSegment.createExclusively(key, 5000, 0640)) {
      SysvStatus status = SysvObject.openExisting(key, 0).status();
      assertEquals(5000, status.sizeBytes());
      assertEquals(0640, status.permissions());
      assertEquals(PosixCalls.geteuid(), status.ownerUid());
      assertEquals(1, status.attachedCount());
      assertFalse(segment.isClosed());
    }
    assertEquals(0, SysvObject.openExisting(key, 0).status().attachedCount());
    String row = "owned by uid " + PosixCalls.geteuid() + ", mode 640";
    assertEquals(row, SysvOwner.describe(SysvObject.openExisting(key, 0).id()));
  }

  @Test
  void errorsNameTheKeyAndTheErrno() {
    NativeCallException missing =
        assertThrows(
            NativeCallException.class, () -> SysvSegment.openExisting(key, Access.READ_ONLY));
    assertEquals(Errno.ENOENT, missing.errno());
    assertTrue(
        missing.getMessage().startsWith("shmget key " + SysvKey.toString(key) + ": ENOENT ("));

    SysvSegment.createExclusively(key, 100, 0600).close();
    NativeCallException taken =
        assertThrows(
            NativeCallException.class, () -> SysvSegment.createExclusively(key, 100, 0600));
    assertEquals(Errno.EEXIST, taken.errno());
    NativeCallException small =
        assertThrows(NativeCallException.class, () -> SysvObject.openExisting(key, 5000));
    assertEquals(Errno.EINVAL, small.errno());
  }

  @Test
  void aPrivateKeyIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> SysvSegment.createExclusively(0, 100, 0600));
    assertThrows(
        IllegalArgumentException.class, () -> SysvSegment.openExisting(0, Access.READ_ONLY));
  }

  @Test
  void ftokTakesTheFileAndEightBitsOfTheProject(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("key"));
    Path copy = Files.createFile(folder.resolve("copy"));
    assertEquals(SysvKey.ftok(file, 0), SysvKey.ftok(file, 256));
    assertNotEquals(SysvKey.ftok(file, 0), SysvKey.ftok(file, 1));
    assertNotEquals(SysvKey.ftok(file, 0), SysvKey.ftok(copy, 0));
    NativeCallException missing =
        assertThrows(NativeCallException.class, () -> SysvKey.ftok(folder.resolve("none"), 0));
    assertEquals("ftok", missing.call());
    assertEquals(Errno.ENOENT, missing.errno());
  }

  @Test
  void keysAreShownAsIpcsShowsThem() {
    assertEquals("0x0000a1b2", SysvKey.toString(0xa1b2));
    assertEquals("0xffffffff", SysvKey.toString(-1));
  }
}
