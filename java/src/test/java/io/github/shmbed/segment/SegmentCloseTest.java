// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a segment, in both families. */
class SegmentCloseTest {
  enum Family {
    POSIX,
    SYSV
  }

  private final String name = TestNames.name();
  private final int key = TestNames.key();

  private Segment create(Family family, long size) {
    return family == Family.POSIX
        ? PosixSegment.createExclusively(name, size, 0600)
        : SysvSegment.createExclusively(key, size, 0600);
  }

  @AfterEach
  void remove() {
    PosixSegment.unlink(name);
    SysvSegment.remove(key);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void everyUseAfterCloseIsAnIllegalState(Family family) {
    Segment segment = create(family, 4096);
    assertFalse(segment.isClosed());
    segment.close();
    segment.close();
    assertTrue(segment.isClosed());
    assertTrue(segment.toString().contains("closed"));
    byte[] bytes = new byte[8];
    List<Executable> uses =
        List.of(
            () -> segment.get(0, bytes, 0, 8),
            () -> segment.put(0, bytes, 0, 8),
            () -> segment.getByte(0),
            () -> segment.putByte(0, (byte) 1),
            () -> segment.getInt(0),
            () -> segment.putInt(0, 1),
            () -> segment.getLong(0),
            () -> segment.putLong(0, 1),
            () -> segment.getLongs(0, new long[1]),
            () -> segment.putLongs(0, new long[1]),
            () -> segment.getLongAcquire(0),
            () -> segment.putLongRelease(0, 1),
            () -> segment.compareAndSetLong(0, 0, 1),
            () -> segment.getAndAddLong(0, 1),
            () -> segment.fill(0, 8, (byte) 1),
            () -> segment.indexOf(0, (byte) 1),
            () -> segment.window(0, 8));
    for (Executable use : uses) {
      assertThrows(IllegalStateException.class, use);
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void aWindowUsedAfterCloseIsAnErrorAndNotTheEndOfTheJvm(Family family) {
    Segment segment = create(family, 1 << 20);
    ByteBuffer window = segment.window(4096, 8192);
    ByteBuffer slice = window.slice(100, 100);
    window.putLong(0, 1);
    segment.close();
    segment.close();
    assertThrows(InternalError.class, () -> use(window));
    assertThrows(InternalError.class, () -> use(slice));
    assertEquals(0, attachments(family), "the segment itself must be let go at once");
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void addressesOfClosedSegmentsAreGivenBackAfterTheirWindows(Family family) throws Exception {
    long deadline = System.nanoTime() + 20_000_000_000L;
    String leftOver = "shmbed-detached";
    Segment segment = create(family, 1 << 20);
    closeUnderAWindow(segment);
    assertTrue(Files.readString(Path.of("/proc/self/maps")).contains(leftOver));
    while (Files.readString(Path.of("/proc/self/maps")).contains(leftOver)) {
      assertTrue(System.nanoTime() < deadline, "still mapped");
      System.gc();
      Thread.sleep(1);
    }
  }

  /** In a JVM of its own: an address that was given back too early would end it. */
  @ParameterizedTest
  @EnumSource(Access.class)
  void whateverIsLeftOfAWindowKeepsItsAddress(Access access) throws Exception {
    create(Family.POSIX, 1 << 20).close();
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                "-cp",
                System.getProperty("java.class.path"),
                LeftOvers.class.getName(),
                name,
                access.name())
            .redirectErrorStream(true)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), output);
  }

  /** What the child does. */
  static final class LeftOvers {
    private static final int GARBAGE_COLLECTIONS = 3;

    private LeftOvers() {}

    public static void main(String[] arguments) throws Exception {
      Access access = Access.valueOf(arguments[1]);
      List<UnaryOperator<ByteBuffer>> views =
          List.of(
              ByteBuffer::slice,
              ByteBuffer::duplicate,
              ByteBuffer::asReadOnlyBuffer,
              window -> window.slice().duplicate().asReadOnlyBuffer().slice());
      List<ByteBuffer> left = new ArrayList<>();
      for (UnaryOperator<ByteBuffer> view : views) {
        Segment segment = PosixSegment.openExisting(arguments[0], access);
        left.add(view.apply(segment.window(0, 4096)));
        segment.close();
      }
      for (int i = 0; i < GARBAGE_COLLECTIONS; i++) {
        awaitTheEndOfAnUnreachableWindow(arguments[0], left.size());
        for (ByteBuffer one : left) {
          assertThrows(InternalError.class, () -> use(one));
        }
      }
    }

    /** By then whatever else was unreachable has come to its end too. */
    private static void awaitTheEndOfAnUnreachableWindow(String name, int reachable)
        throws IOException {
      long deadline = System.nanoTime() + 20_000_000_000L;
      closeUnderAWindow(PosixSegment.openExisting(name, Access.READ_WRITE));
      while (leftOver() > reachable) {
        assertTrue(System.nanoTime() < deadline, "still mapped");
        System.gc();
        Thread.onSpinWait();
      }
      assertEquals(reachable, leftOver(), "an address was given back too early");
    }

    private static long leftOver() throws IOException {
      try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
        return maps.filter(line -> line.contains("shmbed-detached")).count();
      }
    }
  }

  @Test
  void noDescriptorStaysOpenAfterAttach() throws IOException {
    create(Family.POSIX, 4096).close();
    List<String> before = descriptors();
    Segment first = PosixSegment.openExisting(name, Access.READ_ONLY);
    Segment second = PosixSegment.openExisting(name, Access.READ_WRITE);
    second.window(0, 4096);
    assertEquals(before, descriptors());
    second.close();
    first.close();
    assertEquals(before, descriptors());
  }

  @Test
  void noDescriptorStaysOpenAfterAFailure() throws IOException {
    create(Family.POSIX, 4096).close();
    List<String> before = descriptors();
    assertThrows(RuntimeException.class, () -> create(Family.POSIX, 4096));
    Files.write(Path.of("/dev/shm" + name), new byte[0]);
    assertThrows(RuntimeException.class, () -> PosixSegment.openExisting(name, Access.READ_ONLY));
    PosixSegment.unlink(name);
    assertThrows(RuntimeException.class, () -> create(Family.POSIX, Limits.MAX_SIZE_BYTES));
    assertEquals(before, descriptors());
  }

  @Test
  void aClosedObjectRefusesItsSteps() {
    PosixObject object = PosixObject.createExclusively(name, 0600);
    object.close();
    object.close();
    assertThrows(IllegalStateException.class, () -> object.resize(1));
    assertThrows(IllegalStateException.class, object::status);
  }

  /** The fault of an access in compiled code comes out a little later. */
  private static void use(ByteBuffer window) {
    window.get(0);
    MemoryFault.settle();
  }

  private static void closeUnderAWindow(Segment segment) {
    ByteBuffer window = segment.window(0, 8);
    segment.close();
    assertThrows(InternalError.class, () -> use(window));
  }

  private long attachments(Family family) {
    if (family == Family.SYSV) {
      return SysvObject.openExisting(key, 0).status().attachedCount();
    }
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains(name)).count();
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
  }

  /**
   * What this process has open of the kinds a segment could leave; the JVM opens jars whenever it
   * likes.
   */
  private static List<String> descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.map(SegmentCloseTest::target)
          .filter(target -> target.startsWith("/dev/shm/") || target.startsWith("/memfd:"))
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
}
