// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.shmbed.layout.Creator;
import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.Binding;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.TestNames;
import io.github.shmbed.skmsg.TestManager;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ends of every channel, in two threads of this process. */
class ChannelTest {
  private static final long NS_PER_MS = 1_000_000;
  private static final int ROUNDS = 300;
  private static final int WARM_UP = 20_000;
  private static final int MEASURED = 10_000;
  private static final int FREE_ROUNDS = 5;
  private static final int MOST_ROUNDS = 100;

  private final String name = TestNames.name();
  private final int key = TestNames.key();
  private final FramedHeader header = FramedHeader.plan(64, 1, 8704, 7, Creator.self());
  private PosixSegment segment;

  @TempDir private Path folder;

  @BeforeEach
  void create() {
    segment = PosixSegment.createExclusively(name, header.segmentSizeBytes(), 0600);
    segment.put(0, header.toBytes(), 0, FramedHeader.BYTES);
  }

  @AfterEach
  void remove() {
    segment.close();
    PosixSegment.unlink(name);
  }

  private String spec(ChannelKind kind) {
    switch (kind) {
      case POSIX_MQ:
      case POSIX_SEM:
        return kind.word() + ":" + name;
      case SYSV_MSG:
        return kind.word() + ":" + Integer.toUnsignedString(key);
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

  private Channel end(ChannelKind kind, boolean writer, long deadlineMs) {
    String spec = spec(kind);
    return kind.channel(
        new ChannelContext(
            spec,
            ChannelKind.address(spec),
            writer,
            0600,
            segment,
            header.channelOffset(),
            System.nanoTime() + deadlineMs * NS_PER_MS));
  }

  private static <T> FutureTask<T> inThread(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static long deadline() {
    return System.nanoTime() + 10_000 * NS_PER_MS;
  }

  private static Descriptor descriptor(long seq) {
    Descriptor descriptor = new Descriptor();
    descriptor.set(seq, seq * 3, -seq, ~seq, (int) seq, 1);
    descriptor.setSentNs(-seq);
    return descriptor;
  }

  private static List<String> open() throws IOException {
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      return links
          .map(ChannelTest::target)
          .filter(
              t ->
                  t.startsWith("socket:")
                      || t.contains("event")
                      || t.contains("/c.")
                      || t.contains("mqueue"))
          .sorted()
          .collect(Collectors.toList());
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  @ParameterizedTest
  @EnumSource(ChannelKind.class)
  void descriptorsGoBothWaysWholeAndInOrder(ChannelKind kind) throws Exception {
    spec(kind); // a manager opens its descriptors once
    List<String> before = open();
    Channel writer = end(kind, true, 10_000);
    Channel reader = end(kind, false, 10_000);
    writer.create();
    FutureTask<Long> echo =
        inThread(
            () -> {
              reader.open();
              Descriptor received = new Descriptor();
              for (int i = 0; i < ROUNDS; i++) {
                reader.receive(received, deadline());
                received.acknowledge();
                reader.send(received);
              }
              return received.seq();
            });
    writer.open();
    Descriptor answer = new Descriptor();
    for (long seq = 1; seq <= ROUNDS; seq++) {
      writer.send(descriptor(seq));
      writer.receive(answer, deadline());
      assertEquals(seq, answer.seq());
      assertEquals(seq * 3, answer.offset());
      assertEquals(-seq, answer.length());
      assertEquals(~seq, answer.generation());
      assertEquals(-seq, answer.sentNs());
      assertEquals(seq, answer.crc32c());
      assertEquals(3, answer.flags());
    }
    assertEquals(ROUNDS, echo.get(10, TimeUnit.SECONDS));
    reader.close();
    reader.close();
    writer.close();
    writer.close();
    long deadline = deadline();
    while (!before.equals(open()) && System.nanoTime() < deadline) {
      Thread.sleep(1); // a manager in this process closes its own descriptors
    }
    assertEquals(before, open());
    assertLeftNothing();
  }

  @ParameterizedTest
  @EnumSource(ChannelKind.class)
  void eightDescriptorsMayBeOnTheWay(ChannelKind kind) throws Exception {
    try (Channel writer = end(kind, true, 10_000);
        Channel reader = end(kind, false, 10_000)) {
      writer.create();
      FutureTask<Void> opened =
          inThread(
              () -> {
                reader.open();
                return null;
              });
      writer.open();
      opened.get(10, TimeUnit.SECONDS);
      for (long seq = 1; seq <= 8; seq++) {
        writer.send(descriptor(seq));
      }
      Descriptor received = new Descriptor();
      for (long seq = 1; seq <= 8; seq++) {
        reader.receive(received, deadline());
        assertEquals(seq, received.seq());
      }
    }
    assertLeftNothing();
  }

  @ParameterizedTest
  @EnumSource(ChannelKind.class)
  void whatHasArrivedIsTakenWithoutWaiting(ChannelKind kind) throws Exception {
    try (Channel writer = end(kind, true, 10_000);
        Channel reader = end(kind, false, 10_000)) {
      writer.create();
      FutureTask<Void> opened =
          inThread(
              () -> {
                reader.open();
                return null;
              });
      writer.open();
      opened.get(10, TimeUnit.SECONDS);
      Descriptor received = new Descriptor();
      assertFalse(reader.receiveNow(received));
      writer.send(descriptor(1));
      writer.send(descriptor(2));
      for (long seq = 1; seq <= 2; seq++) {
        long deadline = deadline();
        while (!reader.receiveNow(received)) {
          assertTrue(System.nanoTime() < deadline, "not there");
        }
        assertEquals(seq, received.seq());
      }
      assertFalse(reader.receiveNow(received));
      assertFalse(writer.receiveNow(received));
    }
  }

  /** Of the thread's own allocations, once all of it is compiled. */
  @ParameterizedTest
  @EnumSource(ChannelKind.class)
  void sendingAndReceivingAllocateNothing(ChannelKind kind) throws Exception {
    try (Channel writer = end(kind, true, 60_000);
        Channel reader = end(kind, false, 60_000)) {
      writer.create();
      FutureTask<Void> opened =
          inThread(
              () -> {
                reader.open();
                return null;
              });
      writer.open();
      opened.get(10, TimeUnit.SECONDS);
      exchange(writer, reader, WARM_UP);
      if (Binding.chosen().equals(Binding.FFM)) {
        awaitCompiledDowncalls(writer, reader);
      }
      long bytes = allocatedBy(writer, reader);
      assertTrue(bytes < MEASURED, bytes + " bytes for " + MEASURED + " messages");
    }
  }

  /**
   * A downcall of java.lang.foreign has its objects until HotSpot has got to all that is around.
   */
  private static void awaitCompiledDowncalls(Channel writer, Channel reader) {
    int free = 0;
    for (int round = 0; round < MOST_ROUNDS && free < FREE_ROUNDS; round++) {
      free = allocatedBy(writer, reader) < MEASURED ? free + 1 : 0;
    }
    assertEquals(FREE_ROUNDS, free, "rounds in a row without allocations");
  }

  private static long allocatedBy(Channel writer, Channel reader) {
    long before = allocatedBytes();
    exchange(writer, reader, MEASURED);
    return allocatedBytes() - before;
  }

  /** Both ends in this thread: what is received has been sent before. */
  private static void exchange(Channel writer, Channel reader, int messages) {
    Descriptor descriptor = descriptor(1);
    for (int i = 0; i < messages; i++) {
      writer.send(descriptor);
      reader.receive(descriptor, Long.MAX_VALUE / 2);
      reader.send(descriptor);
      while (!writer.receiveNow(descriptor)) {
        Thread.onSpinWait();
      }
      writer.send(descriptor);
      while (!reader.receiveNow(descriptor)) {
        Thread.onSpinWait();
      }
      reader.send(descriptor);
      writer.receive(descriptor, Long.MAX_VALUE / 2);
    }
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @ParameterizedTest
  @EnumSource(ChannelKind.class)
  void aWaitEndsAtItsDeadline(ChannelKind kind) throws Exception {
    try (Channel writer = end(kind, true, 10_000);
        Channel reader = end(kind, false, 10_000)) { // the channel's; that of receive is shorter
      writer.create();
      FutureTask<Long> waiting =
          inThread(
              () -> {
                reader.open();
                long begin = System.nanoTime();
                NativeCallException late =
                    assertThrows(
                        NativeCallException.class,
                        () -> reader.receive(new Descriptor(), begin + 80 * NS_PER_MS));
                assertEquals("ETIMEDOUT", late.errnoName(), late.getMessage());
                return (System.nanoTime() - begin) / NS_PER_MS;
              });
      writer.open();
      long waitedMs = waiting.get(10, TimeUnit.SECONDS);
      assertTrue(waitedMs >= 75 && waitedMs < 5000, waitedMs + " ms");
    }
    assertLeftNothing();
  }

  @ParameterizedTest
  @EnumSource(ChannelKind.class)
  void aWriterThatEndsIsEpipeForTheWaitingReader(ChannelKind kind) throws Exception {
    try (Channel writer = end(kind, true, 10_000);
        Channel reader = end(kind, false, 10_000)) {
      writer.create();
      FramedHeader.publishState(segment, FramedHeader.STATE_READY);
      FutureTask<NativeCallException> waiting =
          inThread(
              () -> {
                reader.open();
                return assertThrows(
                    NativeCallException.class, () -> reader.receive(new Descriptor(), deadline()));
              });
      writer.open();
      if (kind != ChannelKind.UNIX) {
        Thread.sleep(20); // most readers wait by now; either order must end in the same way
      }
      FramedHeader.publishState(segment, FramedHeader.STATE_CLOSED);
      writer.close();
      NativeCallException ended = waiting.get(10, TimeUnit.SECONDS);
      assertEquals("EPIPE", ended.errnoName(), ended.getMessage());
      assertTrue(ended.getMessage().contains(spec(kind)), ended.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ChannelKind.class,
      names = {"FUTEX", "SPIN", "RTERING"},
      mode = EnumSource.Mode.EXCLUDE)
  void whatIsThereAlreadyIsNotTakenAndNotRemoved(ChannelKind kind) {
    try (Channel first = end(kind, true, 1000);
        Channel second = end(kind, true, 1000)) {
      first.create();
      NativeCallException taken = assertThrows(NativeCallException.class, second::create);
      assertTrue(List.of("EEXIST", "EADDRINUSE").contains(taken.errnoName()), taken.getMessage());
      second.close();
      NativeCallException still =
          assertThrows(NativeCallException.class, () -> end(kind, true, 1000).create());
      assertEquals(taken.errno(), still.errno());
    }
    assertLeftNothing();
  }

  @ParameterizedTest
  @EnumSource(
      value = ChannelKind.class,
      names = {"FUTEX", "SPIN", "RTERING"},
      mode = EnumSource.Mode.EXCLUDE)
  void aReaderCreatesNothing(ChannelKind kind) {
    try (Channel reader = end(kind, false, 1000)) {
      NativeCallException missing = assertThrows(NativeCallException.class, reader::open);
      assertEquals("ENOENT", missing.errnoName());
    }
    assertLeftNothing();
  }

  @ParameterizedTest
  @EnumSource(
      value = ChannelKind.class,
      names = {"UNIX", "UNIX_WHOLE", "UNIX_SEQPACKET"})
  void aWriterWhoseQueueOfConnectionsIsFullIsATimeout(ChannelKind kind) throws Exception {
    List<Channel> readers = new CopyOnWriteArrayList<>();
    try (Channel writer = end(kind, true, 10_000)) {
      writer.create(); // and it never accepts
      FutureTask<NativeCallException> waiting =
          inThread(
              () ->
                  assertThrows(
                      NativeCallException.class,
                      () -> {
                        while (readers.size() < 100) {
                          readers.add(end(kind, false, 80));
                          readers.get(readers.size() - 1).open();
                        }
                      }));
      NativeCallException late = waiting.get(10, TimeUnit.SECONDS);
      assertEquals("ETIMEDOUT", late.errnoName(), late.getMessage());
      assertEquals("connect", late.call());
    }
    for (Channel reader : readers) {
      reader.close();
    }
  }

  @Test
  void aLaneThatIsFullOrLiesIsEproto() {
    Channel writer = end(ChannelKind.SPIN, true, 1000);
    for (int i = 0; i < 64; i++) {
      writer.send(descriptor(i + 1));
    }
    assertProtocolError(() -> writer.send(descriptor(65)));

    segment.putLong(header.channelOffset() + 128, 1000); // the consumer says more than there was
    assertProtocolError(() -> writer.send(descriptor(65)));

    Channel reader = end(ChannelKind.SPIN, false, 1000);
    segment.putLong(header.channelOffset(), 65); // the producer says more than fits
    assertProtocolError(() -> reader.receive(new Descriptor(), deadline()));
    segment.putLong(header.channelOffset(), -1);
    assertProtocolError(() -> reader.receive(new Descriptor(), deadline()));
  }

  @Test
  void aPlantedFileIsNoFifo() throws IOException {
    Files.createFile(folder.resolve("c.r"));
    NativeCallException planted =
        assertThrows(NativeCallException.class, () -> end(ChannelKind.FIFO, false, 1000).open());
    assertEquals("EINVAL", planted.errnoName());
    Files.delete(folder.resolve("c.r"));
    Files.createSymbolicLink(folder.resolve("c.r"), Path.of("/dev/null"));
    NativeCallException link =
        assertThrows(NativeCallException.class, () -> end(ChannelKind.FIFO, false, 1000).open());
    assertEquals("ELOOP", link.errnoName());
    Files.delete(folder.resolve("c.r"));
  }

  private static void assertProtocolError(org.junit.jupiter.api.function.Executable work) {
    assertEquals("EPROTO", assertThrows(NativeCallException.class, work).errnoName());
  }

  private void assertLeftNothing() {
    assertEquals(0, folder.toFile().list().length);
    assertTrue(Files.notExists(Path.of("/dev/shm/sem." + name.substring(1) + ".r")));
    assertTrue(Files.notExists(Path.of("/dev/shm/sem." + name.substring(1) + ".w")));
  }
}
