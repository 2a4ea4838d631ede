// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.latency.Stage;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.SysvSegment;
import io.github.shmbed.segment.TestNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("--repeat: the flow of the classic layout in rounds")
class ClassicRoundsTest {
  private static final int ROUNDS = 50;

  private final String name = TestNames.name();
  private final int key = TestNames.key();

  @TempDir private Path folder;

  @AfterEach
  void remove() {
    PosixSegment.unlink(name);
    SysvSegment.remove(key);
  }

  private static Result run(Role role, String line) {
    return new Peer(role).run(line.split(" "), null);
  }

  private static void assertDone(Result result, Stage... stages) {
    assertEquals(ExitCode.DONE, result.exit(), () -> result.failure().message());
    assertNotNull(result.messages().usage());
    for (Stage stage : stages) {
      assertTrue(result.messages().has(stage), stage.contractName());
      assertTrue(result.messages().hasFirst(stage) || stage == Stage.REMOVE, stage.contractName());
      assertTrue(result.messages().typicalNs(stage, ROUNDS) > 0, stage.contractName());
      assertFalse(result.ledger().happened(stage), "medians stand for it");
    }
  }

  @Test
  void oneSegmentStaysAfterAllRoundsAndItsReaderRemovesItAfterAllOfIts() throws Exception {
    String segment = " --name " + name + " --repeat " + ROUNDS;
    Result written = run(Role.WRITER, "1000B" + segment);
    assertDone(
        written,
        Stage.CREATE,
        Stage.SIZE,
        Stage.RESERVE,
        Stage.ATTACH,
        Stage.WRITE,
        Stage.DETACH,
        Stage.REMOVE);
    assertTrue(Files.exists(Path.of("/dev/shm" + name)));

    Path out = folder.resolve("out");
    Result read = run(Role.READER, "--out " + out + segment);
    assertDone(read, Stage.READER_ATTACH, Stage.READ, Stage.DETACH, Stage.REMOVE);
    assertEquals("a".repeat(999), Files.readString(out));
    assertEquals(written.sha256(), read.sha256());
    assertTrue(Files.notExists(Path.of("/dev/shm" + name)));
  }

  @Test
  void aSystemVSegmentStaysForItsCleaner() {
    String segment = " --api sysv --key " + Integer.toUnsignedString(key);
    assertDone(
        run(Role.WRITER, "1000B --repeat " + ROUNDS + segment),
        Stage.CREATE,
        Stage.ATTACH,
        Stage.WRITE,
        Stage.DETACH,
        Stage.REMOVE);
    assertDone(
        run(Role.READER, "--repeat " + ROUNDS + segment),
        Stage.READER_ATTACH,
        Stage.READ,
        Stage.DETACH);
    assertEquals(ExitCode.DONE, run(Role.CLEANER, segment.strip()).exit());
  }

  @Test
  void aSegmentThatIsThereIsNotUsedAgainAndNotRemoved() {
    assertEquals(ExitCode.DONE, run(Role.WRITER, "10B --name " + name).exit());
    Result refused = run(Role.WRITER, "10B --repeat 2 --name " + name);
    assertEquals("EEXIST", refused.failure().errno());
    assertTrue(Files.exists(Path.of("/dev/shm" + name)));
  }

  @Test
  void theLinesForAPersonSayEachStageOnce() {
    Result written = run(Role.WRITER, "10B --name " + name + " --repeat " + ROUNDS);
    List<String> lines = written.ledger().lines();
    for (String label : Arrays.asList("create", "write shared memory", "remove")) {
      long count = lines.stream().filter(line -> line.contains(" " + label + " latency: ")).count();
      assertEquals(1, count, String.join("\n", lines));
    }
  }

  @Test
  void otherLayoutsAndTheCleanerDoNotHaveIt() {
    String framed = "--layout framed --channel futex --payload f --repeat 2";
    assertEquals(ExitCode.USAGE, run(Role.WRITER, framed).exit());
    assertEquals(ExitCode.USAGE, run(Role.WRITER, "--layout os --repeat 2").exit());
    assertEquals(ExitCode.USAGE, run(Role.CLEANER, "--api sysv --repeat 2").exit());
    assertEquals(ExitCode.USAGE, run(Role.WRITER, "10B --repeat 0").exit());
    assertEquals(ExitCode.USAGE, run(Role.WRITER, "10B --repeat 1000001").exit());
  }
}
