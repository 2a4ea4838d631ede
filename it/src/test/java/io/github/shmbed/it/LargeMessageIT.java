// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.shmbed.cases.Case;
import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.Exchange;
import io.github.shmbed.cases.Framed;
import io.github.shmbed.cases.FramedExchange;
import io.github.shmbed.cases.Payload;
import io.github.shmbed.json.Json;
import io.github.shmbed.matrix.Cell;
import io.github.shmbed.matrix.CellRunner;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.HostRunner;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A length that does not fit into 32 bits: what is cut off anywhere on the way shows. */
@DisplayName("A message of 4 GiB and one byte")
class LargeMessageIT {
  private static final long BYTES = (4L << 30) + 1;

  /** The segment, one private copy, and room for what else runs. */
  private static final long MEMORY_BYTES = 10L << 30;

  private static final Duration DEADLINE = Duration.ofSeconds(240);
  private static final int BLOCK_BYTES = 64 << 10;

  private static Session session;
  private static CellRunner runner;
  private static Path payload;
  private static String sha256;

  @BeforeAll
  static void open() throws Exception {
    Home home = Home.find();
    session = Session.open(home, run -> new HostRunner(home.path()), null, DEADLINE);
    runner = new CellRunner(session, List.of());
    // a name of the run's in /dev/shm: reading a hole there takes no memory, elsewhere it does
    payload = Path.of("/dev/shm" + session.run().id().posixName(session.run().nextNumber()));
    if (tooSmall().isEmpty()) {
      writePayload();
      sha256 = sha256(payload);
    }
  }

  @AfterAll
  static void close() throws IOException {
    Files.deleteIfExists(payload);
    session.close();
  }

  /** A file of holes, but for the places at which a number of 31 or 32 bits would end. */
  private static void writePayload() throws IOException {
    Payload bytes = new Payload(session.seed(), "4-gib-and-1");
    try (RandomAccessFile file = new RandomAccessFile(payload.toFile(), "rw")) {
      for (long end : new long[] {BLOCK_BYTES, (2L << 30) + BLOCK_BYTES / 2, BYTES}) {
        file.seek(end - BLOCK_BYTES);
        file.write(bytes.bytes(BLOCK_BYTES));
      }
      file.seek(BYTES - 1);
      file.write(1);
    }
  }

  private static String sha256(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Why this machine cannot hold it. */
  private static Optional<String> tooSmall() throws IOException {
    long shm = Files.getFileStore(Path.of("/dev/shm")).getUsableSpace();
    if (shm < BYTES + (64 << 20)) {
      return Optional.of(
          "/dev/shm has "
              + shm
              + " bytes free: mount -o remount,size=6G /dev/shm, or a larger machine");
    }
    long memory =
        Files.readAllLines(Path.of("/proc/meminfo")).stream()
            .filter(line -> line.startsWith("MemAvailable:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
            .findFirst()
            .orElseThrow(() -> new IOException("/proc/meminfo has no MemAvailable"));
    return memory < MEMORY_BYTES
        ? Optional.of(memory + " bytes of memory are available, of " + MEMORY_BYTES + " needed")
        : Optional.empty();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({"c-posix, java-posix", "java-posix, python-posix"})
  void arrivesWhole(String writer, String reader) throws Exception {
    CellResult result = runner.run(new Cell(peer(writer), peer(reader), new Large(tooSmall())));
    if (result.outcome() == Outcome.UNSUPPORTED) {
      abort("UNSUPPORTED: " + result.reason());
    }
    assertEquals(
        Outcome.PASS, result.outcome(), result.reason() + "\n" + String.join("\n", result.log()));
  }

  private static Peer peer(String id) throws Exception {
    return Registry.load(Home.find().peersFile()).runningOn("host").stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** One message, compared by its digest. */
  private record Large(Optional<String> tooSmall) implements Case {
    @Override
    public String name() {
      return "framed-4gib";
    }

    @Override
    public String title() {
      return "4 GiB and one byte";
    }

    @Override
    public String description() {
      return "Writer and reader run at the same time, layout framed, one message of "
          + BYTES
          + " bytes.";
    }

    @Override
    public String expectation() {
      return "Both exit 0, and what the reader saw has the payload's length and SHA-256.";
    }

    @Override
    public String layout() {
      return "framed";
    }

    @Override
    public boolean usesCleaner() {
      return false;
    }

    @Override
    public Optional<String> missing(Peer writer, Peer reader) {
      return tooSmall.or(() -> Framed.one(ChannelKind.UNIX).missing(writer, reader));
    }

    @Override
    public void run(Exchange exchange) throws CellFailure, IOException {
      FramedExchange.Done done =
          exchange.together(
              new FramedExchange(
                  ChannelKind.UNIX,
                  payload,
                  new FramedExchange.Content(BYTES),
                  1,
                  0,
                  1,
                  false,
                  false));
      Framed.requireCrcs(exchange, done.reader());
      Framed.requireSameDigest(exchange, done, "payload");
      var seen = Json.object(done.reader(), "payload");
      if (Json.integer(seen, "length", -1) != BYTES || !sha256.equals(Json.text(seen, "sha256"))) {
        throw new CellFailure(
            Outcome.MISMATCH, "the reader saw " + Json.oneLine(seen) + " in place of " + sha256);
      }
    }
  }
}
