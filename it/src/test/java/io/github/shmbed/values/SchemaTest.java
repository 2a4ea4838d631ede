// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.shmbed.cases.Payload;
import io.github.shmbed.registry.Home;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The schema of values")
class SchemaTest {
  private final Schema schema = Schema.ofTree();

  private byte[] images(String shape, int count, long seed) {
    return Images.of(schema, shape, count, new Payload(seed, "a:b:c"));
  }

  @Test
  @DisplayName("its special records are the golden images")
  void goldenImages() throws Exception {
    String digits =
        Files.readAllLines(Home.find().path().resolve("peers/golden/values.hex")).stream()
            .filter(line -> !line.startsWith("#"))
            .collect(Collectors.joining());
    assertArrayEquals(HexFormat.of().parseHex(digits), images("record", 16, 1));
  }

  @Test
  @DisplayName("a batch has the special records first, then others that depend on seed and place")
  void batches() {
    byte[] one = images("telemetry", 2, 1);
    byte[] other = images("telemetry", 2, 2);
    byte[] special = images("record", 16, 1);
    assertEquals(2 * 64_008, one.length);
    assertArrayEquals(special, Arrays.copyOfRange(one, 8, 8 + special.length));
    assertArrayEquals(one, images("telemetry", 2, 1));
    int begin = 8 + special.length;
    assertFalse(Arrays.equals(one, begin, begin + 64, one, begin + 64, begin + 128));
    assertFalse(Arrays.equals(one, begin, begin + 64, one, begin + 64_008, begin + 64_072));
    assertFalse(Arrays.equals(one, begin, begin + 64, other, begin, begin + 64));
  }

  @Test
  @DisplayName("an offset is described by message, record and field")
  void places() {
    assertEquals("message 2, x", schema.describe("record", 64 + 23));
    assertEquals("message 1, note", schema.describe("record", 63));
    assertEquals("message 1, records[17].y", schema.describe("telemetry", 8 + 17 * 64 + 24));
    assertEquals("message 2, data[3]", schema.describe("tensor", 1_048_640 + 64 + 13));
    assertEquals("message 1, name", schema.describe("tensor", 9));
  }
}
