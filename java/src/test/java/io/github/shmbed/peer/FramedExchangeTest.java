// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.channel.Channel;
import io.github.shmbed.channel.ChannelContext;
import io.github.shmbed.channel.ChannelKind;
import io.github.shmbed.latency.MessageLedger;
import io.github.shmbed.latency.Stage;
import io.github.shmbed.layout.Creator;
import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.SysvKey;
import io.github.shmbed.segment.SysvSegment;
import io.github.shmbed.segment.TestNames;
import io.github.shmbed.skmsg.TestManager;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The writer and the reader of the framed layout, as threads of this process over real segments.
 */
class FramedExchangeTest {
  private final String name = TestNames.name();
  private final int key = TestNames.key();
  private final int queueKey = TestNames.key();
  private final Random random = new Random(4711);

  @TempDir private Path folder;

  @AfterEach
  void remove() {
    PosixSegment.unlink(name);
    SysvSegment.remove(key);
  }

  static Stream<Arguments> familiesAndChannels() {
    return Stream.of("posix", "sysv")
        .flatMap(api -> Stream.of(ChannelKind.values()).map(kind -> Arguments.of(api, kind)));
  }

  private String spec(ChannelKind kind) {
    switch (kind) {
      case POSIX_MQ:
      case POSIX_SEM:
        return kind.word() + ":" + name;
      case SYSV_MSG:
        return kind.word() + ":" + SysvKey.toString(queueKey);
      case FUTEX:
      case SPIN:
      case RTERING:
        return kind.word();
      case SKMSG:
      case SKMSG_PIN:
        return kind.word() + ":" + TestManager.folder().resolve("c");
      default:
        return kind.word() + ":" + folder.resolve("c");
    }
  }

  private String common(String api, ChannelKind kind) {
    String segment = api.equals("posix") ? " --name " + name : " --key " + SysvKey.toString(key);
    return "--api " + api + segment + " --layout framed --channel " + spec(kind);
  }

  private static FutureTask<Result> start(Role role, String line) {
    FutureTask<Result> task = new FutureTask<>(() -> new Peer(role).run(line.split(" "), null));
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static Result end(FutureTask<Result> task) throws Exception {
    Result result = task.get(60, TimeUnit.SECONDS);
    assertEquals(
        0, result.exit(), result.why() == null ? String.valueOf(result.failure()) : result.why());
    return result;
  }

  private Path payload(int length) throws IOException {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Files.write(folder.resolve("payload"), bytes);
  }

  private byte[] repeated(Path payload, int messageBytes, int count) throws IOException {
    byte[] bytes = Files.readAllBytes(payload);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.write(bytes, i * messageBytes % bytes.length, messageBytes);
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @MethodSource("familiesAndChannels")
  void oneMessage(String api, ChannelKind kind) throws Exception {
    Path payload = payload(5000);
    Path out = folder.resolve("out");
    FutureTask<Result> reader = start(Role.READER, common(api, kind) + " --out " + out);
    Result writer = end(start(Role.WRITER, common(api, kind) + " --payload " + payload));
    Result read = end(reader);
    assertArrayEquals(Files.readAllBytes(payload), Files.readAllBytes(out));
    assertEquals(writer.sha256(), read.sha256());
    assertEquals(5000, read.payloadBytes());
    assertEquals(0, read.crcMismatches());
    assertLeftNothing();
  }

  @ParameterizedTest
  @MethodSource("familiesAndChannels")
  void aStreamThroughAWindow(String api, ChannelKind kind) throws Exception {
    Path payload = payload(3 * 700);
    Path out = folder.resolve("out");
    String counts = " --count 500 --warmup 50";
    FutureTask<Result> writing =
        start(
            Role.WRITER,
            common(api, kind) + counts + " --message-size 700 --window 4 --payload " + payload);
    Result read = end(start(Role.READER, common(api, kind) + counts + " --out " + out));
    Result writer = end(writing);
    assertArrayEquals(repeated(payload, 700, 550), Files.readAllBytes(out));
    assertEquals(writer.sha256(), read.sha256());
    for (Stage stage : new Stage[] {Stage.TRANSMIT, Stage.WAIT, Stage.READ, Stage.VERIFY}) {
      assertTrue(read.messages().has(stage), stage.contractName());
    }
    assertTrue(writer.messages().has(Stage.NOTIFY) && writer.messages().has(Stage.ROUND_TRIP));
    assertEquals(kind != ChannelKind.UNIX_WHOLE, writer.messages().has(Stage.WRITE));
    assertEquals(0, read.messages().negative());
    assertLeftNothing();
  }

  @Test
  void emptyMessagesAreMessages() throws Exception {
    for (ChannelKind kind : new ChannelKind[] {ChannelKind.UNIX, ChannelKind.UNIX_WHOLE}) {
      exchangeEmpty(kind);
    }
  }

  private void exchangeEmpty(ChannelKind kind) throws Exception {
    Path payload = payload(0);
    String line = common("posix", kind) + " --count 3";
    FutureTask<Result> writing = start(Role.WRITER, line + " --payload " + payload);
    Result read = end(start(Role.READER, line));
    assertEquals(0, read.payloadBytes());
    assertEquals(end(writing).sha256(), read.sha256());
  }

  @Test
  void aLargeMessageIsCopiedInOnePieceAndNothingLiesBetween() throws Exception {
    for (ChannelKind kind : new ChannelKind[] {ChannelKind.FUTEX, ChannelKind.UNIX_WHOLE}) {
      exchangeLarge(kind);
    }
  }

  private void exchangeLarge(ChannelKind kind) throws Exception {
    Path payload = folder.resolve("payload");
    byte[] block = new byte[1 << 20];
    try (RandomAccessFile file = new RandomAccessFile(payload.toFile(), "rw")) {
      for (int i = 0; i < 65; i++) {
        random.nextBytes(block);
        file.write(block);
      }
      file.write(block, 0, 77);
    }
    Path out = folder.resolve("out");
    String line = common("posix", kind) + " --count 2";
    FutureTask<Result> writing =
        start(Role.WRITER, line + " --payload " + payload + " --trace " + folder.resolve("w"));
    Result read =
        end(start(Role.READER, line + " --out " + out + " --trace " + folder.resolve("r")));
    Result writer = end(writing);
    assertEquals(writer.sha256(), read.sha256());
    assertEquals(0, read.crcMismatches());
    LongBuffer stamps = stamps(read); // received, read begun, read ended
    assertEquals(stamps.get(5) - stamps.get(4), read.messages().typicalNs(Stage.READ, 1));
    if (kind == ChannelKind.FUTEX) {
      LongBuffer written = stamps(writer); // write begun, write ended, sent
      assertEquals(written.get(4) - written.get(3), writer.messages().typicalNs(Stage.WRITE, 1));
    }
    assertEquals(2 * Files.size(payload), Files.size(out));
    assertEquals(-1, Files.mismatch(payload, truncated(out, Files.size(payload))));
  }

  private static LongBuffer stamps(Result result) {
    byte[] bytes = result.messages().traceBytes();
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
  }

  private static Path truncated(Path file, long length) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(length);
    }
    return file;
  }

  @ParameterizedTest
  @EnumSource(ChannelKind.class)
  void aFixedRateIsKeptAndMeasuredFromTheIntendedTimes(ChannelKind kind) throws Exception {
    Path payload = payload(64);
    String line = common("posix", kind) + " --count 40 --warmup 5";
    FutureTask<Result> writing =
        start(Role.WRITER, line + " --window 8 --rate 500 --payload " + payload);
    end(start(Role.READER, line));
    Result writer = end(writing);
    assertTrue(writer.messages().has(Stage.ROUND_TRIP));
    assertTrue(writer.rate().achieved() < 550, "never early: " + writer.rate().achieved());
    assertTrue(writer.rate().achieved() > 5, "it gets on: " + writer.rate().achieved());
    // the last send is more than an interval behind, or the rate was kept
    assertTrue(writer.rate().late() > 0 || writer.rate().achieved() > 470);
  }

  @Test
  void aScheduleBeyondTheDeadlineEndsThere() throws Exception {
    String line = common("posix", ChannelKind.FUTEX) + " --count 10 --deadline-ms 300";
    FutureTask<Result> writing = start(Role.WRITER, line + " --rate 1 --payload " + payload(64));
    start(Role.READER, line).get(20, TimeUnit.SECONDS);
    Result writer = writing.get(20, TimeUnit.SECONDS);
    assertEquals("ETIMEDOUT", writer.failure().errno());
    assertEquals(Stage.WAIT, writer.failure().stage());
  }

  @ParameterizedTest
  @EnumSource(ChannelKind.class)
  void withoutVerifyingThereIsNoDigestButTheSameBytes(ChannelKind kind) throws Exception {
    Path payload = payload(3 * 900);
    Path out = folder.resolve("out");
    String line = common("sysv", kind) + " --count 10 --warmup 1 --no-verify";
    FutureTask<Result> writing =
        start(Role.WRITER, line + " --message-size 900 --payload " + payload);
    Result read = end(start(Role.READER, line + " --out " + out));
    Result writer = end(writing);
    assertArrayEquals(repeated(payload, 900, 11), Files.readAllBytes(out));
    assertNull(read.sha256());
    assertNull(writer.sha256());
    assertEquals(11 * 900, read.payloadBytes());
    assertEquals(11 * 900, writer.payloadBytes());
    assertFalse(read.messages().has(Stage.VERIFY));
    assertEquals(kind != ChannelKind.UNIX_WHOLE, writer.messages().has(Stage.WRITE));
  }

  @Test
  void valuesMayLieInASegmentOfMoreThanTwoGib() throws Exception {
    Path payload = Files.write(folder.resolve("payload"), new byte[64]);
    String line = common("posix", ChannelKind.FUTEX) + " --shape record --codec struct";
    FutureTask<Result> writing =
        start(Role.WRITER, line + " --segment-size 3G --payload " + payload);
    Result read = end(start(Role.READER, line));
    assertEquals(end(writing).sha256(), read.sha256());
  }

  @Test
  void valuesBehindTheSlotsAndSlotsBeyondAWindowAreRefused() throws Exception {
    String line = common("posix", ChannelKind.FUTEX) + " --shape record --codec struct";
    FramedHeader small = FramedHeader.plan(64, 1, 8704, 7, Creator.self());
    Result behind =
        readerOf(line, small.withSegmentSize(1 << 20), (d, h) -> d.set(1, 8832 + 128, 64, 7, 0, 0));
    assertEquals("DESCRIPTOR_BOUNDS", behind.failure().rule());
    PosixSegment.unlink(name);
    FramedHeader large = FramedHeader.plan(1L << 30, 2, 8704, 7, Creator.self());
    Result beyond = readerOf(line, large, (d, h) -> d.set(1, 8832, 64, 7, 0, 0));
    assertEquals("header", beyond.failure().call());
    assertEquals("EMSGSIZE", beyond.failure().errno());
  }

  /** Six bytes for one in JSON. */
  @ParameterizedTest
  @EnumSource(
      value = ChannelKind.class,
      names = {"FUTEX", "UNIX_WHOLE"})
  void notesOfControlCharactersFitAsJson(ChannelKind kind) throws Exception {
    ByteBuffer image = ByteBuffer.allocate(8 + 1000 * 64).order(ByteOrder.LITTLE_ENDIAN);
    image.putLong(1000);
    while (image.hasRemaining()) {
      image.putLong(-1).putLong(Long.MIN_VALUE).putLong(-1).putLong(-1); // x and y are no numbers
      image.putInt(Integer.MIN_VALUE).putInt(24);
      for (int i = 0; i < 24; i++) {
        image.put((byte) (i + 1));
      }
    }
    Path payload = Files.write(folder.resolve("payload"), image.array());
    Path values = folder.resolve("values");
    String line = common("posix", kind) + " --shape telemetry --codec json";
    FutureTask<Result> writing = start(Role.WRITER, line + " --payload " + payload);
    end(start(Role.READER, line + " --values " + values));
    end(writing);
    assertEquals(-1, Files.mismatch(payload, values));
  }

  @Test
  void theTraceHasARowPerMeasuredMessage() throws Exception {
    Path payload = payload(100);
    String line = common("posix", ChannelKind.FIFO) + " --count 7 --warmup 2";
    FutureTask<Result> writing =
        start(Role.WRITER, line + " --payload " + payload + " --trace " + folder.resolve("w"));
    end(start(Role.READER, line + " --trace " + folder.resolve("r")));
    MessageLedger ledger = end(writing).messages();
    assertEquals(7 * 24, Files.size(folder.resolve("w")));
    assertEquals(7 * 24, Files.size(folder.resolve("r")));
    assertEquals(7, ledger.traceBytes().length / 24);
  }

  @Test
  void aReaderWithoutAWriterSaysInWhichStageItsTimeWasUp() throws Exception {
    for (String api : new String[] {"posix", "sysv"}) {
      Result result =
          start(Role.READER, common(api, ChannelKind.UNIX) + " --deadline-ms 60")
              .get(20, TimeUnit.SECONDS);
      assertEquals("ETIMEDOUT", result.failure().errno());
      assertEquals(Stage.READER_ATTACH, result.failure().stage());
      assertEquals(api.equals("posix") ? "shm_open" : "shmget", result.failure().call());
    }
  }

  @ParameterizedTest
  @MethodSource("familiesAndChannels")
  void aWriterWithoutAReaderEndsAndLeavesNothing(String api, ChannelKind kind) throws Exception {
    String line = common(api, kind) + " --deadline-ms 60 --payload " + payload(10);
    Result result = start(Role.WRITER, line).get(20, TimeUnit.SECONDS);
    assertEquals("ETIMEDOUT", result.failure().errno(), result.failure().message());
    assertEquals(Stage.WAIT, result.failure().stage());
    assertLeftNothing();
  }

  @Test
  void aSegmentThatIsNeverReadyEndsAtTheDeadline() throws Exception {
    PosixSegment.createExclusively(name, 128, 0600).close();
    Result result =
        start(Role.READER, common("posix", ChannelKind.UNIX) + " --deadline-ms 60")
            .get(20, TimeUnit.SECONDS);
    assertEquals("header", result.failure().call());
    assertEquals("ETIMEDOUT", result.failure().errno());
  }

  @ParameterizedTest
  @ValueSource(longs = {FramedHeader.STATE_INIT, FramedHeader.STATE_CLOSED})
  void aSegmentThatIsNotReadyMayBeReplacedByOneThatIs(long state) throws Exception {
    FramedHeader header = FramedHeader.plan(64, 1, 0, 7, Creator.self());
    try (PosixSegment dead =
        PosixSegment.createExclusively(name, header.segmentSizeBytes(), 0600)) {
      dead.put(0, header.toBytes(), 0, FramedHeader.BYTES);
      FramedHeader.publishState(dead, state);
    }
    String line = common("posix", ChannelKind.UNIX);
    FutureTask<Result> reading = start(Role.READER, line);
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!Files.readString(Path.of("/proc/self/maps")).contains(name)) {
      assertTrue(System.nanoTime() < deadline, "the reader never looked");
    }
    PosixSegment.unlink(name);
    end(start(Role.WRITER, line + " --payload " + payload(64)));
    assertEquals(64, end(reading).payloadBytes());
  }

  @Test
  void aFramedWriterNeverTakesASegmentThatIsThere() throws Exception {
    PosixSegment.createExclusively(name, 1 << 20, 0600).close();
    String line = common("posix", ChannelKind.FUTEX) + " --payload " + payload(10);
    Result result = start(Role.WRITER, line).get(20, TimeUnit.SECONDS);
    assertEquals("EEXIST", result.failure().errno());
    assertTrue(PosixSegment.unlink(name), "it is not this writer's to remove");
  }

  @Test
  void payloadsThatDoNotFitAreRefused() throws Exception {
    String line = common("posix", ChannelKind.UNIX) + " --payload " + payload(1000);
    Result odd = start(Role.WRITER, line + " --message-size 300").get(20, TimeUnit.SECONDS);
    assertEquals("EINVAL", odd.failure().errno());
    assertEquals("MESSAGE_SIZE", odd.failure().rule());
    assertEquals("header", odd.failure().call());
    Result noImages = start(Role.WRITER, line + " --shape record").get(20, TimeUnit.SECONDS);
    assertEquals("EINVAL", noImages.failure().errno());
    assertEquals("header", noImages.failure().call());
    Result small = start(Role.WRITER, line + " --segment-size 1151").get(20, TimeUnit.SECONDS);
    assertEquals("EMSGSIZE", small.failure().errno());
    assertEquals("header", small.failure().call());
    assertTrue(Files.notExists(Path.of("/dev/shm" + name)));
  }

  @ParameterizedTest
  @EnumSource(
      value = ChannelKind.class,
      names = {"FUTEX", "SPIN", "POSIX_SEM", "EVENTFD", "RTERING"})
  void aReaderThatFailsIsEpipeForTheWaitingWriter(ChannelKind kind) throws Exception {
    String spec = spec(kind);
    FramedHeader header = FramedHeader.plan(64, 1, kind.blockBytes(spec), 7, Creator.self());
    try (PosixSegment segment =
        PosixSegment.createExclusively(name, header.segmentSizeBytes(), 0600)) {
      segment.put(0, header.toBytes(), 0, FramedHeader.BYTES);
      long deadlineNs = System.nanoTime() + 10_000_000_000L;
      ChannelContext context =
          new ChannelContext(spec, ChannelKind.address(spec), true, 0600, segment, 128, deadlineNs);
      try (Channel channel = kind.channel(context)) {
        channel.create();
        FramedHeader.publishState(segment, FramedHeader.STATE_READY);
        FutureTask<Result> reading = start(Role.READER, common("posix", kind));
        channel.open();
        Descriptor ofAnotherSegment = new Descriptor();
        ofAnotherSegment.set(1, header.payloadOffset(), 64, 8, 0, 0);
        channel.send(ofAnotherSegment);
        NativeCallException closed =
            assertThrows(
                NativeCallException.class, () -> channel.receive(new Descriptor(), deadlineNs));
        assertEquals("EPIPE", closed.errnoName(), closed.getMessage());
        assertEquals(1, reading.get(20, TimeUnit.SECONDS).exit());
        assertEquals(FramedHeader.STATE_CLOSED, FramedHeader.state(segment));
      }
    }
  }

  /** A writer that lies in its first descriptor; {@code lie} spoils a good one. */
  private Result readerOf(Lie lie) throws Exception {
    FramedHeader header = FramedHeader.plan(64, 1, 8704, 7, Creator.self());
    return readerOf(common("posix", ChannelKind.FUTEX), header, lie);
  }

  private Result readerOf(String line, FramedHeader header, Lie lie) throws Exception {
    try (PosixSegment segment =
        PosixSegment.createExclusively(name, header.segmentSizeBytes(), 0600)) {
      segment.put(0, header.toBytes(), 0, FramedHeader.BYTES);
      ChannelContext context =
          new ChannelContext(
              "futex", "", true, 0600, segment, 128, System.nanoTime() + 10_000_000_000L);
      Channel channel = ChannelKind.FUTEX.channel(context);
      FramedHeader.publishState(segment, FramedHeader.STATE_READY);
      Descriptor descriptor = new Descriptor();
      lie.spoil(descriptor, header);
      channel.send(descriptor);
      return start(Role.READER, line).get(20, TimeUnit.SECONDS);
    }
  }

  private interface Lie {
    void spoil(Descriptor descriptor, FramedHeader header);
  }

  @Test
  void aDescriptorThatLiesEndsTheReaderByName() throws Exception {
    assertRule("STALE_GENERATION", "ESTALE", (d, h) -> d.set(1, 8832, 64, 8, 0, 0));
    assertRule("SEQUENCE_GAP", "EBADMSG", (d, h) -> d.set(2, 8832, 64, 7, 0, 0));
    assertRule("SEQUENCE_REPEATED", "EBADMSG", (d, h) -> d.set(0, 8832, 64, 7, 0, 0));
    assertRule("DESCRIPTOR_BOUNDS", "EBADMSG", (d, h) -> d.set(1, 8832, -1, 7, 0, 0));
    assertRule("DESCRIPTOR_BOUNDS", "EBADMSG", (d, h) -> d.set(1, 1L << 62, 1, 7, 0, 0));
    assertRule("DESCRIPTOR_FLAGS", "EBADMSG", (d, h) -> d.set(1, 8832, 64, 7, 0, 8));
  }

  private void assertRule(String rule, String errno, Lie lie) throws Exception {
    Result result = readerOf(lie);
    assertEquals(1, result.exit());
    assertEquals("descriptor", result.failure().call());
    assertEquals(rule, result.failure().rule());
    assertEquals(errno, result.failure().errno());
    assertNull(result.failure().stage());
    PosixSegment.unlink(name);
  }

  @Test
  void aWrongCrcIsCountedAndDoesNotEndTheReader() throws Exception {
    Result result = readerOf((d, h) -> d.set(1, 8832, 64, 7, 0x12345678, Descriptor.FLAG_CRC32C));
    assertEquals(0, result.exit(), String.valueOf(result.failure()));
    assertEquals(1, result.crcMismatches());
    assertEquals(1, result.firstCrcMismatch());
  }

  /** In compiled code HotSpot may tell of a fault only later: before the end in any case. */
  @Test
  void aLastMessageThatNeverGotThereIsAnError() throws Exception {
    int count = 20_000; // the last one lies in the last slot, and that beyond 12288
    String counts = " --count " + count + " --window 4 --message-size 1000";
    FutureTask<Result> writing =
        start(
            Role.WRITER,
            common("posix", ChannelKind.FUTEX) + counts + " --payload " + payload(1000));
    try (PosixSegment segment = awaitReady()) {
      ChannelContext context =
          new ChannelContext(
              "futex", "", false, 0600, segment, 128, System.nanoTime() + 20_000_000_000L);
      Channel channel = ChannelKind.FUTEX.channel(context);
      Descriptor message = new Descriptor();
      for (int seq = 1; seq < count; seq++) {
        channel.receive(message, context.deadlineNs());
        if (seq == count - 4) {
          truncated(Path.of("/dev/shm" + name), 12288); // the last one is not written yet
        }
        message.acknowledge();
        channel.send(message);
      }
      acknowledgeIfItComes(channel, context.deadlineNs());
    }
    Result written = writing.get(20, TimeUnit.SECONDS);
    assertEquals(1, written.exit());
    assertEquals("EFAULT", written.failure().errno());
  }

  private static void acknowledgeIfItComes(Channel channel, long deadlineNs) {
    Descriptor last = new Descriptor();
    try {
      channel.receive(last, deadlineNs);
      last.acknowledge();
      channel.send(last);
    } catch (NativeCallException ended) {
      assertEquals("EPIPE", ended.errnoName());
    }
  }

  private PosixSegment awaitReady() throws IOException {
    Path file = Path.of("/dev/shm" + name);
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!Files.exists(file) || Files.size(file) == 0) {
      assertTrue(System.nanoTime() < deadline, "no segment");
    }
    PosixSegment segment = PosixSegment.openExisting(name, Access.READ_WRITE);
    while (FramedHeader.state(segment) != FramedHeader.STATE_READY) {
      assertTrue(System.nanoTime() < deadline, "not ready");
    }
    return segment;
  }

  @Test
  void aSegmentTruncatedUnderTheReaderIsAnError() throws Exception {
    String line = common("posix", ChannelKind.UNIX) + " --count 100000000 --deadline-ms 20000";
    FutureTask<Result> writing = start(Role.WRITER, line + " --payload " + payload(100_000));
    FutureTask<Result> reading = start(Role.READER, line);
    Path file = Path.of("/dev/shm" + name);
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!Files.exists(file) || Files.size(file) == 0) {
      assertTrue(System.nanoTime() < deadline);
      Thread.onSpinWait();
    }
    Thread.sleep(50); // in the middle of the exchange
    truncated(file, 4096);
    Result read = reading.get(20, TimeUnit.SECONDS);
    Result written = writing.get(20, TimeUnit.SECONDS);
    assertEquals(1, read.exit());
    assertEquals(1, written.exit());
    boolean fault =
        read.failure().errno().equals("EFAULT") || written.failure().errno().equals("EFAULT");
    assertTrue(fault, read.failure() + " " + written.failure());
  }

  private void assertLeftNothing() throws IOException {
    assertTrue(Files.notExists(Path.of("/dev/shm" + name)));
    assertTrue(Files.notExists(Path.of("/dev/shm/sem." + name.substring(1) + ".r")));
    assertTrue(Files.notExists(folder.resolve("c")));
    assertTrue(Files.notExists(folder.resolve("c.r")));
    assertTrue(Files.notExists(folder.resolve("c.w")));
    assertTrue(!SysvSegment.remove(key));
    String queues = Files.readString(Path.of("/proc/sysvipc/msg"));
    assertTrue(!queues.contains(" " + queueKey + " "), queues);
  }
}
