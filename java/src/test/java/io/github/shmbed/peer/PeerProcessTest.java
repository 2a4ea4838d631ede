// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.layout.FramedHeader;
import io.github.shmbed.libc.Binding;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.PosixSegment;
import io.github.shmbed.segment.SysvKey;
import io.github.shmbed.segment.SysvSegment;
import io.github.shmbed.segment.TestNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs as processes of their own: exit codes, and what goes where. */
class PeerProcessTest {
  private static final int DEADLINE_S = 30;

  private final String name = TestNames.name();

  @TempDir private Path folder;

  private record Ended(int exit, String out, String err) {}

  @AfterEach
  void remove() {
    PosixSegment.unlink(name);
  }

  private static List<String> command(String jvmOption, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add(jvmOption);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.github.shmbed.peer.PeerMain");
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  private Ended run(String... arguments) throws IOException, InterruptedException {
    return runWith(System.getenv(Binding.VARIABLE), arguments);
  }

  /** With {@code SHMBED_BINDING}; null: without. */
  private Ended runWith(String binding, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = command("-XX:TieredStopAtLevel=1", arguments);
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put(Binding.VARIABLE, binding == null ? "" : binding);
    Process process = builder.start();
    assertTrue(process.waitFor(DEADLINE_S, TimeUnit.SECONDS), "still running");
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static List<String> labels(String out) {
    List<String> labels = new ArrayList<>();
    for (String line : out.split("\n")) {
      labels.add(line.replaceAll(" latency: [0-9]+$", "").replaceAll("=[0-9a-f]{64}$", ""));
    }
    return labels;
  }

  @Test
  void thePosixPairPrintsTheOriginalsLines() throws Exception {
    Ended writer = run("writer", "1000B", "--name", name);
    assertEquals(0, writer.exit);
    assertEquals("", writer.err);
    assertEquals(
        List.of(
            "[QLOG] shm_open",
            "[QLOG] fchmod",
            "[QLOG] ftruncate",
            "[QLOG] posix_fallocate",
            "[QLOG] mmap",
            "Writing to shmem: name=" + name + ", msg length=999",
            "[QLOG] write shared memory",
            "[QLOG] munmap",
            "msg sha256"),
        labels(writer.out));
    Ended reader = run("reader", "--name", name);
    assertEquals(0, reader.exit);
    assertEquals(
        List.of(
            "[QLOG] shm_open",
            "[QLOG] mmap",
            "Reading from shmem: name=" + name + ", msg length=999",
            "[QLOG] read shared memory",
            "[QLOG] munmap",
            "[QLOG] shm_unlink",
            "msg sha256"),
        labels(reader.out));
    assertEquals(writer.out.lines().reduce((a, b) -> b), reader.out.lines().reduce((a, b) -> b));
    assertTrue(Files.notExists(Path.of("/dev/shm" + name)));
  }

  @Test
  void theSystemVTripleUsesTheKeyFileInTheWorkingDirectory() throws Exception {
    Path keyFile = Files.createFile(folder.resolve("shmkey.txt"));
    int key = SysvKey.ftok(keyFile, 0);
    SysvSegment.remove(key);
    Ended writer = run("writer", "100B", "--api", "sysv");
    assertEquals(0, writer.exit, writer.err);
    String object = "key=" + SysvKey.toString(key) + " id=";
    assertTrue(writer.out.contains("Writing to shmem: " + object), writer.out);
    Ended reader = run("reader", "--api", "sysv", "--key-file", "shmkey.txt");
    assertEquals(0, reader.exit, reader.err);
    assertTrue(reader.out.contains(", msg length=99\n"), reader.out);
    assertEquals(0, run("cleaner", "--api", "sysv").exit);
    Ended again = run("cleaner", "--api", "sysv");
    assertEquals(1, again.exit);
    assertTrue(
        again.err.startsWith("shmget key " + SysvKey.toString(key) + ": ENOENT ("), again.err);
  }

  @Test
  void theReaderOfTheLayoutOsPrintsTheTextAlone() throws Exception {
    assertEquals(0, run("writer", "--layout", "os", "--name", name).exit);
    Ended reader = run("reader", "--layout", "os", "--name", name);
    assertEquals("This is POSIX shared memory IPC.\n", reader.out);
    assertTrue(reader.err.contains("[QLOG] read shared memory latency: "), reader.err);
  }

  @Test
  void exitCodesAndMessagesAreTheContracts() throws Exception {
    Ended failed = run("reader", "--name", name);
    assertEquals(1, failed.exit);
    assertEquals("", failed.out);
    assertTrue(failed.err.startsWith("shm_open " + name + ": ENOENT ("), failed.err);
    assertEquals(1, failed.err.lines().count());

    Ended usage = run("writer", "1000B", "--mode", "9");
    assertEquals(64, usage.exit);
    assertTrue(usage.err.contains("--mode"), usage.err);

    Ended unsupported = run("reader", "--layout", "probe-1", "--result", "-");
    assertEquals(77, unsupported.exit);
    assertTrue(unsupported.out.contains("\"reason\":\"layout probe-1"), unsupported.out);

    assertEquals(64, run("nonsense").exit);
    assertEquals(64, run().exit);
    assertEquals(0, run("reader", "--help").exit);
    assertTrue(run("--version").out.startsWith("shmbed java peer "));
  }

  @Test
  void aResultOnStdoutStandsThereAlone() throws Exception {
    Ended writer = run("writer", "10B", "--name", name, "--result", "-");
    assertEquals(1, writer.out.lines().count());
    assertTrue(
        writer.out.startsWith(
            "{\"schema\":1,\"peer\":\"java-posix\",\"role\":\"writer\",\"exit\":0,"));
    assertTrue(writer.out.contains("\"payload\":{\"length\":9,\"sha256\":\""), writer.out);
    Ended wrong = run("writer", "10B", "--bogus", "--result", "-");
    assertTrue(
        wrong.out.contains("\"exit\":64,\"usage\":\"Unknown option: '--bogus'\""), wrong.out);
  }

  @Test
  void theEnvironmentChoosesTheBinding() throws Exception {
    Ended writer = runWith(Binding.JNA, "writer", "1000B", "--name", name);
    assertEquals(0, writer.exit, writer.err);
    boolean foreign = Runtime.version().feature() >= 22;
    Ended reader = runWith(foreign ? Binding.FFM : "", "reader", "--name", name);
    assertEquals(0, reader.exit, reader.err);
    for (String wrong : List.of("JNA", foreign ? "panama" : Binding.FFM)) {
      Ended refused = runWith(wrong, "reader", "--name", name);
      assertEquals(64, refused.exit);
      String start = "SHMBED_BINDING=" + wrong + ": jna, or ffm on JDK 22 and later, and this is ";
      assertTrue(refused.err.startsWith(start), refused.err);
    }
  }

  @Test
  void aSignalInTheMiddleLeavesNothing() throws Exception {
    Path payload = Files.write(folder.resolve("payload"), new byte[] {1, 2, 3});
    String channel = "posix-sem:" + name;
    for (String signal : new String[] {"INT", "TERM"}) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "io.github.shmbed.peer.PeerMain",
                  "writer",
                  "--layout=framed",
                  "--channel=" + channel,
                  "--name=" + name,
                  "--payload=" + payload)
              .start();
      Path semaphore = Path.of("/dev/shm/sem." + name.substring(1) + ".r");
      long deadline = System.nanoTime() + DEADLINE_S * 1_000_000_000L;
      while (!Files.exists(semaphore)) {
        assertTrue(System.nanoTime() < deadline, "no semaphore");
        Thread.sleep(1);
      }
      // the shell has kill built in; the program comes with procps, which a small system lacks
      new ProcessBuilder("sh", "-c", "kill -" + signal + " " + writer.pid()).start().waitFor();
      assertTrue(writer.waitFor(DEADLINE_S, TimeUnit.SECONDS), "still running");
      assertEquals(signal.equals("INT") ? 130 : 143, writer.exitValue());
      assertTrue(Files.notExists(semaphore));
      assertTrue(Files.notExists(Path.of("/dev/shm/sem." + name.substring(1) + ".w")));
      assertTrue(Files.notExists(Path.of("/dev/shm" + name)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"futex", "spin", "rtering"})
  void aSignalEndsTheOtherSideToo(String channel) throws Exception {
    Path payload = Files.write(folder.resolve("payload"), new byte[] {1, 2, 3});
    String line =
        " --layout framed --channel "
            + channel
            + " --name "
            + name
            + " --count 1000000"
            + " --deadline-ms "
            + DEADLINE_S * 1000;
    String[] words = ("writer" + line + " --rate 100 --payload " + payload).split(" ");
    FutureTask<Result> reading =
        new FutureTask<>(() -> new Peer(Role.READER).run(line.strip().split(" "), null));
    Thread reader = new Thread(reading);
    reader.setDaemon(true);
    Process writer = new ProcessBuilder(command("-XX:TieredStopAtLevel=1", words)).start();
    reader.start();
    awaitMessage();
    new ProcessBuilder("sh", "-c", "kill -INT " + writer.pid()).start().waitFor();
    Result read = reading.get(DEADLINE_S, TimeUnit.SECONDS);
    assertEquals("EPIPE", read.failure().errno(), read.failure().message());
    assertTrue(writer.waitFor(DEADLINE_S, TimeUnit.SECONDS), "still running");
    assertEquals(130, writer.exitValue());
    assertTrue(Files.notExists(Path.of("/dev/shm" + name)));
  }

  private void awaitMessage() throws IOException {
    Path file = Path.of("/dev/shm" + name);
    long deadline = System.nanoTime() + DEADLINE_S * 1_000_000_000L;
    while (!Files.exists(file) || Files.size(file) == 0) {
      assertTrue(System.nanoTime() < deadline, "no segment");
    }
    try (PosixSegment segment = PosixSegment.openExisting(name, Access.READ_ONLY)) {
      while (FramedHeader.sequence(segment) == 0) {
        assertTrue(System.nanoTime() < deadline, "no message");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "unix-whole"})
  void aMessageLargerThanTheHeapAllowsIsStreamed(String channel) throws Exception {
    byte[] bytes = new byte[20_000_001];
    new Random(4711).nextBytes(bytes);
    Path payload = Files.write(folder.resolve("payload"), bytes);
    Path out = folder.resolve("out");
    String line =
        " --layout framed --channel " + channel + ":" + folder.resolve("c") + " --name " + name;
    List<String> writing =
        command("-Xmx64m", ("writer" + line + " --payload " + payload).split(" "));
    List<String> reading = command("-Xmx64m", ("reader" + line + " --out " + out).split(" "));
    Process writer = new ProcessBuilder(writing).inheritIO().start();
    Process reader = new ProcessBuilder(reading).inheritIO().start();
    assertEquals(0, reader.waitFor());
    assertEquals(0, writer.waitFor());
    assertEquals(-1, Files.mismatch(payload, out));
  }

  @Test
  void aProcessThatServesAnswersAndQuits() throws Exception {
    Path stdin = Files.writeString(folder.resolve("stdin"), "5B --name " + name + "\nquit\n");
    String[] shell = {
      "sh",
      "-c",
      "exec \"$@\" < stdin",
      "sh",
      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
      "--enable-native-access=ALL-UNNAMED",
      "-cp",
      System.getProperty("java.class.path"),
      "io.github.shmbed.peer.PeerMain",
      "writer",
      "--serve"
    };
    Process process = new ProcessBuilder(shell).directory(folder.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(DEADLINE_S, TimeUnit.SECONDS), "still running");
    assertEquals(0, process.exitValue());
    assertTrue(out.startsWith("{\"schema\":1,") && out.endsWith("}\n"), out);
    assertTrue(Files.exists(stdin));
  }
}
