// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PosixNameTest {
  @Test
  void aMissingLeadingSlashIsAdded() {
    assertEquals("/x", PosixName.normalise("x"));
    assertEquals("/x", PosixName.normalise("/x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "/.", "/..", ".", "..", "/a/b", "//x", "/a/", "/a\0b", "/\ud800", "/\uFFFD"
      })
  void whatIsNoNameIsRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> PosixName.normalise(name));
  }

  @Test
  void lengthCountsInBytesOfUtf8() {
    assertEquals(256, PosixName.normalise("a".repeat(255)).length());
    assertThrows(IllegalArgumentException.class, () -> PosixName.normalise("a".repeat(256)));
    PosixName.normalise("é".repeat(127));
    assertThrows(IllegalArgumentException.class, () -> PosixName.normalise("é".repeat(128)));
  }

  @Test
  void aNameMadeBeforeNamesTheSameObject() {
    PosixName name = PosixName.of(TestNames.name());
    try (PosixObject made = PosixObject.createExclusively(name, 0600);
        PosixObject found = PosixObject.openExisting(name.toString(), Access.READ_ONLY)) {
      made.resize(10);
      assertEquals(10, found.sizeToAttach());
    } finally {
      assertTrue(PosixObject.unlink(name));
    }
    assertThrows(IllegalArgumentException.class, () -> PosixName.of("a/b"));
  }
}
