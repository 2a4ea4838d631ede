// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Codecs")
class CodecTest {
  /** Equal values are equal bytes. */
  private static final Set<String> CANONICAL =
      Set.of("raw", "struct", "msgpack", "cbor", "protobuf");

  /**
   * Bits of the damaged message that change nothing: in CBOR the types of the six names, text or
   * bytes; in Protobuf those of three long varints beyond 64 and 32 bits.
   */
  private static final Map<String, Integer> WITHOUT_MEANING = Map.of("cbor", 6, "protobuf", 52);

  private static final Set<String> IMAGES = Set.of("raw", "struct");

  static List<String> names() {
    return Codecs.NAMES;
  }

  static Stream<Arguments> namesAndShapes() {
    return Codecs.NAMES.stream()
        .flatMap(name -> Stream.of(Shape.values()).map(shape -> Arguments.of(name, shape)));
  }

  private static List<byte[]> golden(String name) throws IOException {
    List<byte[]> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../peers/golden/" + name + ".hex"))) {
      String digits = line.replaceFirst("#.*", "").strip();
      if (!digits.isEmpty()) {
        lines.add(HexFormat.of().parseHex(digits));
      }
    }
    return lines;
  }

  private static byte[] image(Shape shape) throws IOException {
    ByteBuffer image = ByteBuffer.allocate(shape.imageBytes()).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = golden("values");
    switch (shape) {
      case RECORD:
        return records.get(1);
      case TELEMETRY:
        image.putLong(Values.RECORDS);
        for (int i = 0; i < Values.RECORDS; i++) {
          image.put(records.get(i % records.size()));
        }
        return image.array();
      default:
        image.putInt(Tensor.ROWS).putInt(Tensor.COLUMNS).putInt(3).put((byte) 'a').put((byte) 0);
        image.put((byte) 'b');
        for (int at = Tensor.HEADER_BYTES; at < image.capacity(); at++) {
          image.put(at, (byte) (at * 131 + at / 251));
        }
        return image.array();
    }
  }

  /** The message of an image, in memory like a segment's. */
  private static ByteBuffer encode(Codec codec, Shape shape, byte[] image, int roomBytes)
      throws IOException {
    ByteBuffer room = ByteBuffer.allocateDirect(roomBytes).order(ByteOrder.LITTLE_ENDIAN);
    codec.encode(shape, codec.values(shape, ByteBuffer.wrap(image)), room);
    return room.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] decode(Codec codec, Shape shape, ByteBuffer message) throws IOException {
    ByteBuffer image = ByteBuffer.allocate(shape.imageBytes());
    ByteBuffer copy = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    codec.decode(shape, copy).putImage(shape, image);
    return image.array();
  }

  /** Null for a message that is refused. */
  private static byte[] decodeOrNull(Codec codec, Shape shape, ByteBuffer message) {
    try {
      return decode(codec, shape, message);
    } catch (IOException | RuntimeException refused) {
      return null;
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("names")
  void goldenMessagesHaveTheGoldenValues(String name) throws IOException {
    List<byte[]> messages = golden(IMAGES.contains(name) ? "values" : name);
    List<byte[]> images = golden("values");
    assertEquals(16, images.size());
    assertEquals(images.size(), messages.size());
    Codec codec = Codecs.make(name);
    for (int i = 0; i < images.size(); i++) {
      ByteBuffer message = ByteBuffer.allocateDirect(messages.get(i).length);
      message.put(messages.get(i)).flip();
      assertArrayEquals(images.get(i), decode(codec, Shape.RECORD, message), "record " + i);
      if (CANONICAL.contains(name)) {
        ByteBuffer encoded = encode(codec, Shape.RECORD, images.get(i), 2000);
        assertArrayEquals(messages.get(i), bytes(encoded), "record " + i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("namesAndShapes")
  void valuesComeBackFromARoomThatIsJustLargeEnough(String name, Shape shape) throws IOException {
    Codec codec = Codecs.make(name);
    byte[] image = image(shape);
    int length = encode(codec, shape, image, 4 * image.length + 1024).remaining();
    ByteBuffer message =
        encode(codec, shape, image, (length + codec.slackBytes() + 127) / 128 * 128);
    assertEquals(length, message.remaining());
    assertArrayEquals(image, decode(codec, shape, message));
    assertThrows(
        BufferOverflowException.class, () -> encode(codec, shape, image, length / 2), "no room");
  }

  @ParameterizedTest
  @MethodSource("namesAndShapes")
  void aMessageThatWasCutIsRefused(String name, Shape shape) throws IOException {
    Codec codec = Codecs.make(name);
    ByteBuffer message = encode(codec, shape, image(shape), 4 * shape.imageBytes() + 1024);
    int step = Math.max(1, message.remaining() / 40);
    for (int length = 0; length < message.capacity(); length += step) {
      ByteBuffer cut = message.duplicate().limit(length);
      byte[] image = decodeOrNull(codec, shape, cut);
      boolean padding = Arrays.equals(image, image(shape)); // which a format may end with
      assertTrue(image == null || padding, length + " of " + message.capacity() + " bytes");
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aDamagedMessageIsRefusedOrHasOtherValues(String name) throws IOException {
    Codec codec = Codecs.make(name);
    byte[] original = image(Shape.RECORD);
    ByteBuffer message = encode(codec, Shape.RECORD, original, 2000);
    int same = 0;
    for (int bit = 0; bit < 8 * message.capacity(); bit++) {
      message.put(bit / 8, (byte) (message.get(bit / 8) ^ 1 << bit % 8));
      byte[] image = decodeOrNull(codec, Shape.RECORD, message);
      assertTrue(image == null || image.length == original.length);
      same += Arrays.equals(original, image) ? 1 : 0;
      message.put(bit / 8, (byte) (message.get(bit / 8) ^ 1 << bit % 8));
    }
    if (CANONICAL.contains(name)) {
      assertEquals(WITHOUT_MEANING.getOrDefault(name, 0), same);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "struct", "flatbuffers"})
  void theDataOfATensorIsNotCopied(String name) throws IOException {
    Codec codec = Codecs.make(name);
    byte[] image = image(Shape.TENSOR);
    ByteBuffer message = encode(codec, Shape.TENSOR, image, 2 * image.length);
    Values values = codec.decode(Shape.TENSOR, message.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    int last = message.limit() - 1; // in the data, which lies last
    message.put(last, (byte) ~message.get(last));
    image[image.length - 1] = (byte) ~image[image.length - 1];
    ByteBuffer changed = ByteBuffer.allocate(image.length);
    values.putImage(Shape.TENSOR, changed);
    assertArrayEquals(image, changed.array());
  }

  @Test
  void imagesThatAreNoneAreRefused() throws IOException {
    byte[] telemetry = image(Shape.TELEMETRY);
    telemetry[0] ^= 1;
    byte[] tensor = image(Shape.TENSOR);
    tensor[4] ^= 1;
    byte[] record = image(Shape.RECORD);
    record[36] = 25;
    assertRefused(Shape.TELEMETRY, telemetry);
    assertRefused(Shape.TENSOR, tensor);
    assertRefused(Shape.RECORD, record);
    assertRefused(Shape.RECORD, telemetry);
  }

  private static void assertRefused(Shape shape, byte[] image) {
    ByteBuffer bytes = ByteBuffer.wrap(image);
    assertThrows(IllegalArgumentException.class, () -> Values.ofImage(shape, bytes));
  }
}
