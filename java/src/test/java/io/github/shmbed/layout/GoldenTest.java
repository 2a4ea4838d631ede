// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The bytes that every language must agree on. */
class GoldenTest {
  private static final long GENERATION = 0x0123456789abcdefL;

  private static byte[] golden(String file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String line : Files.readAllLines(Path.of("../peers/golden", file))) {
      String hex = line.replaceAll("#.*", "").replace(" ", "");
      for (int i = 0; i < hex.length(); i += 2) {
        bytes.write(Integer.parseInt(hex.substring(i, i + 2), 16));
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void aHeaderIsWrittenAndReadAsTheGoldenOne() throws IOException {
    byte[] golden = golden("framed.hex");
    FramedHeader header = FramedHeader.parse(golden, 73728, 8704, "golden");
    Creator creator = new Creator(4711, 987654321, 0x7766554433221100L, 0xffeeddccbbaa9988L);
    assertEquals(new FramedHeader(73728, GENERATION, creator, 128, 8832, 16128, 4), header);

    byte[] written = header.toBytes();
    written[64] = 1; // state ready
    written[72] = 42; // sequence
    assertArrayEquals(golden, written);
  }

  @Test
  void theGoldenHeaderIsThePlanForItsMessages() throws IOException {
    FramedHeader golden = FramedHeader.parse(golden("framed.hex"), 73728, 8704, "golden");
    FramedHeader plan = FramedHeader.plan(16001, 4, 8704, GENERATION, golden.creator());
    assertEquals(73344, plan.segmentSizeBytes());
    assertEquals(golden, plan.withSegmentSize(73728));
    assertEquals(24960, golden.slotOffset(42));
  }

  @Test
  void aDescriptorIsWrittenAndReadAsTheGoldenOne() throws IOException {
    byte[] golden = golden("descriptor.hex");
    Descriptor descriptor = new Descriptor();
    descriptor.decode(ByteBuffer.wrap(golden), 0);
    assertEquals(42, descriptor.seq());
    assertEquals(24960, descriptor.offset());
    assertEquals(16000, descriptor.length());
    assertEquals(GENERATION, descriptor.generation());
    assertEquals(-1234567890123456789L, descriptor.sentNs());
    assertEquals(0xe3069283, descriptor.crc32c());
    assertEquals(3, descriptor.flags());

    Descriptor made = new Descriptor();
    made.set(42, 24960, 16000, GENERATION, 0xe3069283, Descriptor.FLAG_CRC32C);
    made.acknowledge();
    made.setSentNs(-1234567890123456789L);
    byte[] written = new byte[Descriptor.BYTES];
    made.encode(ByteBuffer.wrap(written), 0);
    assertArrayEquals(golden, written);
  }
}
