// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The measured messages of an exchange")
class WarmTest {
  // write 100, publish 10, transmit 500 and 700, check 20, read 50
  private static final long[] WRITER = {1000, 1100, 1110, 5000, 5100, 5110};
  private static final long[] READER = {1610, 1630, 1680, 5810, 5830, 5880};

  private static String histogram(long... values) {
    Histogram histogram = new Histogram(3_600_000_000_000L, 3);
    Arrays.stream(values).forEach(histogram::recordValue);
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }

  private static Map<String, Object> answer(String role, Map<String, Object> histograms) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("role", role);
    answer.put("peer", "c-posix");
    answer.put("histograms", histograms);
    return answer;
  }

  private static Map<String, Object> writer(long... writes) {
    return answer("writer", Map.of("write", histogram(writes), "notify", histogram(30, 40)));
  }

  private static Map<String, Object> reader(long... transmits) {
    return answer(
        "reader",
        Map.of(
            "transmit", histogram(transmits),
            "wait", histogram(1, 2),
            "read", histogram(50, 50),
            "verify", histogram(5, 7)));
  }

  private static Warm warm(Map<String, Object> writer, Map<String, Object> reader) {
    return new Warm(
        new Sample(writer, reader, new Traces(WRITER.clone(), READER.clone(), false), true));
  }

  @Test
  @DisplayName("of values have encode and decode, and write and read where there was a copy")
  void values() {
    long[] writerStamps = {1_000, 1_100, 1_100, 1_150, 2_000, 2_100, 2_100, 2_150};
    long[] readerStamps = {1_650, 1_650, 1_700, 1_900, 2_650, 2_650, 2_700, 2_900};
    Map<String, Object> writer =
        answer("writer", Map.of("encode", histogram(100, 100), "notify", histogram(1, 2)));
    Map<String, Object> reader =
        answer(
            "reader",
            Map.of(
                "transmit", histogram(500, 500),
                "read", histogram(50, 50),
                "decode", histogram(200, 200)));
    writer.put("first", Map.of("encode", 100L, "notify", 1L));
    reader.put("first", Map.of("transmit", 500L, "read", 50L, "decode", 200L));
    Sample sample = new Sample(writer, reader, new Traces(writerStamps, readerStamps, true), true);
    Warm warm = new Warm(sample);
    assertEquals(
        List.of("encode", "publish", "transmit", "check", "read", "decode"),
        List.copyOf(warm.ledger().stages().keySet()));
    assertEquals(900, warm.ledger().endToEndNs());
    assertEquals(900, warm.ledger().sumNs());
    assertEquals(List.of(), warm.faults());
    assertEquals(900, sample.firstMessage().endToEndNs());
    assertEquals(900, sample.firstMessage().sumNs());
  }

  @Test
  @DisplayName("add up by their means to what the time stamps say of end to end")
  void addsUp() {
    Warm warm = warm(writer(100, 100), reader(500, 700));
    Ledger ledger = warm.ledger();
    assertEquals(
        List.of("encode", "write", "publish", "transmit", "check", "read", "decode"),
        List.copyOf(ledger.stages().keySet()));
    assertEquals(600, ledger.stages().get("transmit"));
    assertEquals(780, ledger.sumNs());
    assertEquals(780, ledger.endToEndNs());
    assertEquals(List.of(), warm.faults());
    assertEquals(List.of("notify", "wait", "verify"), List.copyOf(warm.beside().keySet()));
    assertEquals(880, warm.endToEnd().getMaxValue());
  }

  @Test
  @DisplayName("are not valid when a peer's stage is not what its time stamps say")
  void peerMeasuresSomethingElse() {
    List<String> faults = warm(writer(20, 20), reader(500, 700)).faults();
    assertEquals(List.of("the residual is 80 ns, 10.3 % of end to end (at most 5 %)"), faults);
  }

  @Test
  @DisplayName("are not valid with one time below 0, which is shown as it is")
  void negative() {
    long[] received = READER.clone();
    received[3] = WRITER[5] - 40;
    Map<String, Object> reader = reader(500);
    reader.put("negative", 1L);
    List<String> faults =
        new Warm(
                new Sample(
                    writer(100, 100), reader, new Traces(WRITER.clone(), received, false), true))
            .faults();
    assertTrue(
        faults.contains("stage transmit is below 0 in 1 of 2 messages, -40 ns at least"),
        faults.toString());
    assertTrue(faults.contains("the reader recorded 1 times below 0"), faults.toString());
  }

  @Test
  @DisplayName("need the histograms of their stages")
  void missingHistogram() {
    IllegalArgumentException missing =
        assertThrows(
            IllegalArgumentException.class,
            () -> warm(answer("writer", Map.of()), reader(500, 700)));
    assertEquals("writer c-posix: its histogram of stage write is not there", missing.getMessage());
    IllegalArgumentException broken =
        assertThrows(
            IllegalArgumentException.class,
            () -> warm(answer("writer", Map.of("write", "SGVsbG8gdGhlcmU=")), reader(500, 700)));
    assertTrue(broken.getMessage().contains("cannot be decoded"), broken.getMessage());
  }

  @Test
  @DisplayName("come with time stamps of just as many messages")
  void traces(@TempDir Path directory) throws Exception {
    Path writer = Files.write(directory.resolve("w"), littleEndian(WRITER));
    Path reader = Files.write(directory.resolve("r"), littleEndian(READER));
    Traces traces = Traces.read(writer, reader, 2, false);
    assertEquals(2, traces.count());
    assertEquals(5830, traces.at(1, Traces.Instant.READ_BEGUN));
    assertEquals(700, traces.between(1, Traces.Instant.SENT, Traces.Instant.RECEIVED));
    assertEquals(2 * 1e9 / 4880, traces.perSecond());
    String shorter =
        assertThrows(java.io.IOException.class, () -> Traces.read(writer, reader, 3, false))
            .getMessage();
    assertTrue(shorter.contains("48 bytes in place of the trace of 3 messages"), shorter);
  }

  private static byte[] littleEndian(long[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes.array();
  }

  @Test
  @DisplayName("begin with a first one, whose ledger is its own")
  void first() {
    Map<String, Object> writer = writer(100);
    writer.put("first", Map.of("write", 100L, "notify", 40L));
    Map<String, Object> reader = reader(500);
    reader.put("first", Map.of("transmit", 500L, "wait", 3L, "read", 50L));
    Ledger ledger =
        new Sample(writer, reader, new Traces(WRITER.clone(), READER.clone(), false), true)
            .firstMessage();
    assertEquals(680, ledger.sumNs());
    assertEquals(680, ledger.endToEndNs());
    assertEquals(List.of(), ledger.faults());
  }

  @Test
  @DisplayName("have no stage write where the channel carries the payload")
  void whole() {
    Map<String, Object> reader = reader(500);
    reader.put("first", Map.of("transmit", 500L, "wait", 3L, "read", 50L));
    long[] stamps = WRITER.clone();
    stamps[0] = stamps[1] = stamps[2];
    stamps[3] = stamps[4] = stamps[5];
    Map<String, Object> writer = answer("writer", Map.of());
    writer.put("first", Map.of("notify", 40L));
    Sample sample = new Sample(writer, reader, new Traces(stamps, READER.clone(), false), false);
    assertEquals(List.of(), sample.firstMessage().faults());
    assertEquals(
        List.of("publish", "transmit", "check", "read"),
        List.copyOf(new Warm(sample).path().keySet()));
  }
}
