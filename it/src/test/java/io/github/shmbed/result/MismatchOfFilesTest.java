// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.result;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Two files that should be equal")
class MismatchOfFilesTest {
  private final byte[] bytes = "0123456789abcdefghijklmnopqrstuvwxyz-and-more".getBytes();

  private static Optional<Mismatch> between(Path directory, byte[] expected, byte[] actual)
      throws Exception {
    Path one = Files.write(directory.resolve("expected"), expected);
    Path other = Files.write(directory.resolve("actual"), actual);
    Optional<Mismatch> ofFiles = Mismatch.between("x", one, other);
    assertEquals(Mismatch.between("x", expected, actual), ofFiles, "the same as in memory");
    return ofFiles;
  }

  @Test
  @DisplayName("are equal, or differ where the same bytes in memory differ")
  void sameAsInMemory(@TempDir Path directory) throws Exception {
    assertEquals(Optional.empty(), between(directory, bytes, bytes.clone()));
    byte[] changed = bytes.clone();
    changed[30] ^= 1;
    assertEquals(30, between(directory, bytes, changed).orElseThrow().offset());
    assertEquals(22, between(directory, bytes, changed).orElseThrow().windowOffset());
    changed[2] ^= 1;
    assertEquals(0, between(directory, bytes, changed).orElseThrow().windowOffset());
  }

  @Test
  @DisplayName("differ at the end of the shorter one")
  void shorter(@TempDir Path directory) throws Exception {
    byte[] half = Arrays.copyOf(bytes, 20);
    assertEquals(20, between(directory, bytes, half).orElseThrow().offset());
    assertEquals("", between(directory, half, new byte[0]).orElseThrow().actualHex());
  }

  @Test
  @DisplayName("are named with the place, when there is one")
  void place(@TempDir Path directory) throws Exception {
    Mismatch mismatch = between(directory, bytes, new byte[1]).orElseThrow().of("message 3 of 9");
    assertEquals("x (message 3 of 9)", mismatch.what());
  }
}
