// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.Payload;
import io.github.shmbed.registry.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The schema of values")
class SchemaTest {
  private final Schema schema = Schema.ofTree();

  private byte[] images(String shape, int count, long seed) {
    return Images.of(schema, shape, count, new Payload(seed, "a:b:c")::bytes);
  }

  @Test
  @DisplayName("its special records are the golden images")
  void goldenImages() throws Exception {
    assertArrayEquals(golden("values"), images("record", 16, 1));
  }

  private static byte[] golden(String name) throws Exception {
    Path file = Home.find().path().resolve("peers/golden/" + name + ".hex");
    String digits =
        Files.readAllLines(file).stream()
            .filter(line -> !line.startsWith("#"))
            .collect(Collectors.joining());
    return HexFormat.of().parseHex(digits);
  }

  @ParameterizedTest(name = "{0}: the golden messages are what the schema says")
  @ValueSource(strings = {"msgpack", "cbor", "protobuf"})
  void goldenMessages(String codec) throws Exception {
    byte[] messages =
        Encoding.of(schema, codec).orElseThrow().messages("record", images("record", 16, 1));
    assertArrayEquals(golden(codec), messages);
  }

  @Test
  @DisplayName("the schemas of protobuf and FlatBuffers have its fields, in its order")
  void otherSchemas() throws Exception {
    Path folder = Home.find().path().resolve("peers/schema");
    String proto = Files.readString(folder.resolve("shapes.proto"));
    String flat = Files.readString(folder.resolve("shapes.fbs"));
    for (Shape shape : schema.shapes().values()) {
      int protoAt = proto.indexOf("message ", proto.indexOf("java_outer"));
      int flatAt = shape.name().equals("tensor") ? flat.indexOf("table Tensor") : 0;
      protoAt = proto.toLowerCase(Locale.ROOT).indexOf("message " + shape.name(), protoAt);
      for (int i = 0; i < shape.fields().size(); i++) {
        String name = shape.fields().get(i).name();
        protoAt = proto.indexOf(" " + name + " = " + (i + 1) + ";", protoAt);
        assertTrue(protoAt > 0, "shapes.proto: " + shape.name() + "." + name);
        flatAt = flat.indexOf("  " + name + ":", flatAt);
        assertTrue(flatAt > 0, "shapes.fbs: " + shape.name() + "." + name);
      }
    }
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
  @DisplayName("the second of two tensors has a name that is not ASCII, and a NUL in it")
  void namesOfTensors() {
    byte[] second = Arrays.copyOfRange(images("tensor", 2, 1), 1_048_640 + 8, 1_048_640 + 36);
    byte[] name = "\u00fc\0\u6f22\u5b57".getBytes(StandardCharsets.UTF_8);
    assertEquals(name.length, second[0]);
    assertArrayEquals(name, Arrays.copyOfRange(second, 4, 4 + name.length));
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
