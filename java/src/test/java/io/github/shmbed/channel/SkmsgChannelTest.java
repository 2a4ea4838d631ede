// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.shmbed.Lacking;
import io.github.shmbed.layout.Creator;
import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.TestNames;
import io.github.shmbed.skmsg.SkmsgManager;
import io.github.shmbed.skmsg.SkmsgUnsupported;
import io.github.shmbed.skmsg.TestManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the channel skmsg has beyond the others: credits, a proof, and a manager that may end. */
class SkmsgChannelTest {
  private static final int MESSAGES = 2000;
  private static final int CREDITS = 64;
  private static final long SECOND_NS = 1_000_000_000;

  private final String name = TestNames.name();
  private final FramedHeader header = FramedHeader.plan(64, 1, 0, 7, Creator.self());
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

  private Channel end(ChannelKind kind, Path in, boolean writer, long deadlineNs) {
    String spec = kind.word() + ":" + in.resolve("c");
    return kind.channel(
        new ChannelContext(spec, ChannelKind.address(spec), writer, 0600, segment, 0, deadlineNs));
  }

  private static long in(long seconds) {
    return System.nanoTime() + seconds * SECOND_NS;
  }

  private static <T> FutureTask<T> inThread(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static void open(Channel writer, Channel reader) throws Exception {
    writer.create();
    FutureTask<Void> opened =
        inThread(
            () -> {
              reader.open();
              return null;
            });
    writer.open();
    opened.get(10, TimeUnit.SECONDS);
  }

  private static Descriptor descriptor(long seq) {
    Descriptor descriptor = new Descriptor();
    descriptor.set(seq, 0, 0, 7, 0, 0);
    return descriptor;
  }

  @ParameterizedTest
  @EnumSource(
      value = ChannelKind.class,
      names = {"SKMSG", "SKMSG_PIN"})
  void aWriterWithoutCreditsWaitsAndNothingIsLost(ChannelKind kind) throws Exception {
    try (Channel writer = end(kind, TestManager.folder(), true, in(10));
        Channel reader = end(kind, TestManager.folder(), false, in(10))) {
      open(writer, reader);
      FutureTask<Void> sending =
          inThread(
              () -> {
                for (long seq = 1; seq <= MESSAGES; seq++) {
                  writer.send(descriptor(seq));
                }
                return null;
              });
      Thread.sleep(50); // enough for all of them, if nothing stopped the writer
      assertFalse(sending.isDone());
      Descriptor received = new Descriptor();
      for (long seq = 1; seq <= MESSAGES; seq++) {
        reader.receive(received, in(10));
        assertEquals(seq, received.seq());
      }
      sending.get(10, TimeUnit.SECONDS);
      Proof proof = writer.proof();
      assertEquals(MESSAGES + 1, proof.sent());
      assertEquals(CREDITS, proof.mostOnTheWay());
      assertEquals(0, proof.tcpSegmentsOut());
      // each 32 that were taken brought one message back
      assertEquals(MESSAGES / 32 + 1, reader.proof().sent());
    }
  }

  @Test
  void aWriterWhoseReaderTakesNothingEndsAtItsDeadline() throws Exception {
    try (Channel writer = end(ChannelKind.SKMSG, TestManager.folder(), true, in(1));
        Channel reader = end(ChannelKind.SKMSG, TestManager.folder(), false, in(10))) {
      open(writer, reader);
      for (long seq = 1; seq <= CREDITS; seq++) {
        writer.send(descriptor(seq));
      }
      NativeCallException late =
          assertThrows(NativeCallException.class, () -> writer.send(descriptor(CREDITS + 1)));
      assertEquals("ETIMEDOUT", late.errnoName());
      assertEquals(CREDITS + 1, writer.proof().sent());
    }
  }

  @Test
  void bothMaySendAllTheirCreditsBeforeEitherReceives() throws Exception {
    try (Channel writer = end(ChannelKind.SKMSG, TestManager.folder(), true, in(10));
        Channel reader = end(ChannelKind.SKMSG, TestManager.folder(), false, in(10))) {
      open(writer, reader);
      for (long seq = 1; seq <= CREDITS; seq++) {
        writer.send(descriptor(seq));
        reader.send(descriptor(seq));
      }
      Descriptor received = new Descriptor();
      for (long seq = 1; seq <= CREDITS; seq++) {
        writer.receive(received, in(10));
        assertEquals(seq, received.seq());
        reader.receive(received, in(10));
        assertEquals(seq, received.seq());
      }
      writer.send(descriptor(CREDITS + 1));
      reader.receive(received, in(10));
      assertEquals(CREDITS + 1, received.seq());
    }
  }

  private SkmsgManager manager() throws IOException {
    try {
      return SkmsgManager.up(folder, PosixCalls.geteuid());
    } catch (SkmsgUnsupported e) {
      throw Lacking.end("skmsg", e.getMessage());
    }
  }

  @Test
  void aManagerThatEndsIsNoticedBeforeAMessageIsTaken() throws Exception {
    SkmsgManager manager = manager();
    try (Channel writer = end(ChannelKind.SKMSG, folder, true, in(10));
        Channel reader = end(ChannelKind.SKMSG, folder, false, in(10))) {
      open(writer, reader);
      manager.close();
      writer.send(descriptor(1)); // through TCP, back to its sender
      LayoutException bypassed =
          assertThrows(LayoutException.class, () -> writer.receive(new Descriptor(), in(10)));
      assertEquals("SKMSG_BYPASSED", bypassed.rule());
    }
  }

  @Test
  void aManagerThatEndsIsNoticedByWhoWaits() throws Exception {
    SkmsgManager manager = manager();
    try (Channel writer = end(ChannelKind.SKMSG, folder, true, in(10));
        Channel reader = end(ChannelKind.SKMSG, folder, false, in(10))) {
      open(writer, reader);
      manager.close();
      assertRule("SKMSG_MANAGER_GONE", () -> reader.receive(new Descriptor(), in(10)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1, CREDITS})
  void aCountOfTakenMessagesThatCannotBeTrueIsRefused(int more) throws Exception {
    try (Channel writer = end(ChannelKind.SKMSG, TestManager.folder(), true, in(10));
        Channel reader = end(ChannelKind.SKMSG, TestManager.folder(), false, in(10))) {
      open(writer, reader);
      ((SkmsgChannel) reader).taken += more; // of none that was sent
      reader.send(descriptor(1));
      assertRule("SKMSG_CREDITS", () -> writer.receive(new Descriptor(), in(10)));
    }
  }

  @Test
  void aMessageWithoutATargetIsSeenWhereTheOtherSideLives() throws Exception {
    try (Channel writer = end(ChannelKind.SKMSG, TestManager.folder(), true, in(10));
        Channel reader = end(ChannelKind.SKMSG, TestManager.folder(), false, in(10))) {
      open(writer, reader);
      ((SkmsgChannel) reader).way.take(((SkmsgChannel) writer).key);
      assertRule("SKMSG_DROPPED", () -> writer.send(descriptor(1)));
    }
  }

  private static void assertRule(String rule, Executable work) {
    assertEquals(rule, assertThrows(LayoutException.class, work).rule());
  }

  @Test
  void withoutAManagerTheErrorSaysHowToStartOne() throws IOException {
    try (Channel writer = end(ChannelKind.SKMSG, folder, true, in(1))) {
      NativeCallException missing = assertThrows(NativeCallException.class, writer::create);
      assertEquals("ENOENT", missing.errnoName());
      assertEquals(
          "no manager there: as root, ./shmbed skmsg up --dir " + folder, missing.remedy());
    }
    assertEquals(0, folder.toFile().list().length);
  }
}
