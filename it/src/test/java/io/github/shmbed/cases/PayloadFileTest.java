// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A cell's payload in a file")
class PayloadFileTest {
  private final Payload payload = new Payload(7, "a:b:unix-one");

  @ParameterizedTest(name = "{0} bytes are the same as in memory")
  @ValueSource(ints = {0, 1, 7, 8, 9, 70_001, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20})
  void sameBytes(int length, @TempDir Path directory) throws Exception {
    Path file = directory.resolve("payload");
    payload.write(file, length);
    assertArrayEquals(payload.bytes(length), Files.readAllBytes(file));
  }

  @Test
  @DisplayName("a shorter one is the beginning of a longer one, and a file is replaced whole")
  void shorter(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("payload");
    payload.write(file, 1000);
    payload.write(file, 13);
    assertArrayEquals(Arrays.copyOf(payload.bytes(1000), 13), Files.readAllBytes(file));
  }

  @Test
  @DisplayName("no two messages of a stream are equal")
  void positionDependent() {
    byte[] stream = payload.bytes(64 * 10_000);
    long distinct =
        java.util.stream.IntStream.range(0, 10_000)
            .mapToObj(
                i -> new String(stream, i * 64, 64, java.nio.charset.StandardCharsets.ISO_8859_1))
            .distinct()
            .count();
    assertEquals(10_000, distinct);
    assertNotEquals(
        Arrays.hashCode(stream), Arrays.hashCode(new Payload(8, "a:b:unix-one").bytes(640_000)));
  }
}
