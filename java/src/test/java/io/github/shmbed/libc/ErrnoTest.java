// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.junit.jupiter.api.Test;

class ErrnoTest {
  @Test
  void everyConstantHasItsOwnNameInTheTable() throws IllegalAccessException {
    int seen = 0;
    for (Field field : Errno.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        assertEquals(field.getName(), Errno.name(field.getInt(null)));
        seen++;
      }
    }
    assertTrue(seen > 20, "constants: " + seen);
  }

  @Test
  void theTableEndsWithTheLastErrnoOfLinux() {
    assertEquals("EHWPOISON", Errno.name(133));
  }

  @Test
  void aNumberWithoutANameIsShownAsANumber() {
    assertEquals("errno 0", Errno.name(0));
    assertEquals("errno 41", Errno.name(41));
    assertEquals("errno 134", Errno.name(134));
    assertEquals("errno -1", Errno.name(-1));
  }

  @Test
  void aFailureNamesCallObjectErrnoAndRemedy() {
    NativeCallException failure = new NativeCallException("shm_open", "/x", Errno.ENOENT);
    assertEquals("shm_open", failure.call());
    assertEquals("/x", failure.object());
    assertEquals("ENOENT", failure.errnoName());
    assertTrue(failure.getMessage().startsWith("shm_open /x: ENOENT (no segment of that name"));
  }

  @Test
  void everyFailureHasARemedy() {
    for (int errno = 1; errno < 140; errno++) {
      assertTrue(!new NativeCallException("mmap", "/x", errno).remedy().isEmpty());
    }
  }

  @Test
  void errnoIsOfTheFailedCallEvenAfterOthersThatSucceeded() {
    assertThrows(NativeCallException.class, () -> SysvCalls.ftok("/nonexistent/shmbed", 0));
    PosixCalls.geteuid();
    NativeCallException failure =
        assertThrows(NativeCallException.class, () -> PosixCalls.ftruncate(-1, 1, "descriptor -1"));
    assertEquals(Errno.EBADF, failure.errno());
  }

  @Test
  void aNulInsideATextIsRefusedAndNotCut() {
    assertThrows(IllegalArgumentException.class, () -> SysvCalls.ftok("/tmp\0/x", 0));
  }
}
