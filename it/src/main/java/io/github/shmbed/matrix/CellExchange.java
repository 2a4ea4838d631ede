// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.Exchange;
import io.github.shmbed.cases.Payload;
import io.github.shmbed.json.Json;
import io.github.shmbed.kernel.KeyRange;
import io.github.shmbed.kernel.PosixObject;
import io.github.shmbed.kernel.SysvObject;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.Mismatch;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.ExitStatus;
import io.github.shmbed.runner.Finished;
import io.github.shmbed.runner.PeerGone;
import io.github.shmbed.runner.PeerProcess;
import io.github.shmbed.runner.PeerSilent;
import io.github.shmbed.segment.Access;
import io.github.shmbed.segment.SysvSegment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One cell while it runs: asks the peers, looks at the object, keeps the log. */
final class CellExchange implements Exchange {
  /**
   * The harness waits longer than the peer, so that the peer itself can say in which stage its time
   * ran out.
   */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Session session;
  private final Cell cell;
  private final int number;
  private final String name;
  private final int key;
  private final Map<String, Map<String, Object>> answers = new LinkedHashMap<>();
  private final Set<Long> pids = new HashSet<>();
  private final List<String> log = new ArrayList<>();

  CellExchange(Session session, Cell cell) {
    this.session = session;
    this.cell = cell;
    number = session.run().nextNumber();
    boolean defaults = cell.exchange().usesDefaultNames();
    name = defaults ? "/shm_posix" : session.run().id().posixName(number);
    key =
        cell.writer().api() == Api.POSIX
            ? 0
            : defaults ? session.defaultKey() : session.run().keys().key(number);
  }

  Map<String, Map<String, Object>> answers() {
    return answers;
  }

  /** Every process that the cell ran. */
  Set<Long> pids() {
    return pids;
  }

  List<String> log() {
    return log;
  }

  /** What is at the cell's name or key; empty when nothing is. */
  Optional<SeenObject> look() throws IOException {
    if (isPosix()) {
      PosixObject object = PosixObject.find(name);
      return object == null
          ? Optional.empty()
          : Optional.of(
              new SeenObject("inode " + object.inode(), object.sizeBytes(), object.mode()));
    }
    return SysvObject.read(SysvObject.Kind.SHM).stream()
        .filter(object -> object.key() == key)
        .findFirst()
        .map(object -> new SeenObject("id " + object.id(), object.sizeBytes(), object.mode()));
  }

  /** The object in the words of people. */
  String where() {
    return isPosix() ? name : "key " + KeyRange.text(key);
  }

  @Override
  public Peer writer() {
    return cell.writer();
  }

  @Override
  public Peer reader() {
    return cell.reader();
  }

  @Override
  public Map<String, Object> write(String options) throws CellFailure {
    return ask(cell.writer(), Role.WRITER, options);
  }

  @Override
  public byte[] read(String options) throws CellFailure, IOException {
    Path out = session.run().directory().resolve("out-" + number);
    Map<String, Object> answer = ask(cell.reader(), Role.READER, options + " --out '" + out + "'");
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(out);
    } catch (NoSuchFileException e) {
      throw new CellFailure(
          Outcome.ERROR, "reader " + cell.reader().id() + ": said exit 0 and wrote no --out file");
    }
    String reported = Json.text(Json.object(answer, "payload"), "sha256");
    String digest = session.digests().sha256(bytes);
    if (!digest.equals(reported)) {
      throw new CellFailure(
          Outcome.ERROR,
          "reader "
              + cell.reader().id()
              + ": reports payload sha256 "
              + reported
              + ", its --out file has "
              + digest);
    }
    return bytes;
  }

  @Override
  public void removeIfSysv() throws CellFailure {
    if (!isPosix()) {
      ask(cell.reader(), Role.CLEANER, "");
    }
  }

  @Override
  public String fresh(Role role, String... arguments) throws CellFailure, IOException {
    Peer peer = role == Role.WRITER ? cell.writer() : cell.reader();
    List<String> command = new ArrayList<>(peer.command(role));
    command.addAll(Arrays.asList(arguments));
    log.add("$ " + session.runner().commandLine(peer, command));
    Finished finished;
    try {
      finished = session.runner().run(peer, command, session.deadline().plus(GRACE));
    } catch (IOException e) {
      throw new CellFailure(Outcome.ERROR, role.id() + " " + e.getMessage());
    }
    pids.add(finished.pid());
    finished.stdoutText().lines().limit(50).forEach(line -> log.add("  " + line));
    finished.stderrText().lines().limit(50).forEach(line -> log.add("  stderr: " + line));
    String who = role.id() + " " + peer.id();
    ExitStatus status =
        finished
            .status()
            .orElseThrow(
                () ->
                    new CellFailure(
                        Outcome.TIMEOUT,
                        who
                            + ": its process did not end within "
                            + session.deadline().plus(GRACE).toMillis()
                            + " ms and was killed"));
    if (status.code() != ExitStatus.DONE) {
      log.add("  " + status);
      String said =
          finished
              .stderrText()
              .lines()
              .filter(line -> !line.isBlank())
              .reduce((first, second) -> second)
              .orElse("");
      throw new CellFailure(
          status.signal().isPresent() ? Outcome.CRASH : Outcome.ERROR,
          who + ": " + status + (said.isEmpty() ? "" : ": " + said));
    }
    return finished.stdoutText();
  }

  @Override
  public SeenObject object() throws CellFailure, IOException {
    return look()
        .orElseThrow(
            () ->
                new CellFailure(
                    Outcome.ERROR,
                    "writer "
                        + cell.writer().id()
                        + ": said exit 0 and there is no object "
                        + where()));
  }

  @Override
  public byte[] objectBytes(int length) throws CellFailure, IOException {
    object();
    if (isPosix()) {
      try (InputStream object = Files.newInputStream(PosixObject.path(name))) {
        return object.readNBytes(length);
      }
    }
    try (SysvSegment segment = SysvSegment.openExisting(key, Access.READ_ONLY)) {
      byte[] bytes = new byte[(int) Math.min(length, segment.sizeBytes())];
      segment.get(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  @Override
  public Path payloadFile(byte[] bytes) throws IOException {
    return Files.write(session.run().directory().resolve("payload-" + number), bytes);
  }

  @Override
  public Payload payload() {
    return new Payload(session.seed(), cell.id());
  }

  @Override
  public void requireEqual(String what, byte[] expected, byte[] actual) throws CellFailure {
    Optional<Mismatch> mismatch = Mismatch.between(what, expected, actual);
    if (mismatch.isPresent()) {
      throw new CellFailure(mismatch.get());
    }
  }

  /** Removes the cell's files; its kernel objects are the gate's. */
  void removeFiles() throws IOException {
    Files.deleteIfExists(session.run().directory().resolve("out-" + number));
    Files.deleteIfExists(session.run().directory().resolve("payload-" + number));
  }

  private boolean isPosix() {
    return cell.writer().api() == Api.POSIX;
  }

  private Map<String, Object> ask(Peer peer, Role role, String options) throws CellFailure {
    String address = isPosix() ? "--name " + name : "--key " + KeyRange.text(key);
    String line =
        (options + " " + address + " --deadline-ms " + session.deadline().toMillis()).trim();
    PeerProcess process = session.programs().get(peer, role);
    String who = role.id() + " " + peer.id();
    List<String> command = new ArrayList<>(peer.command(role));
    command.add(line);
    command.add("--result -");
    log.add("$ " + session.runner().commandLine(peer, command));
    try {
      String answer = process.ask(line, session.deadline().plus(GRACE));
      log.add("  " + answer);
      return checked(peer, role, answer);
    } catch (PeerGone e) {
      log.add("  " + e.getMessage());
      String stderr = stderr(process);
      session.programs().drop(process);
      throw new CellFailure(
          e.status().signal().isPresent() ? Outcome.CRASH : Outcome.ERROR,
          who + ": " + e.getMessage() + stderr);
    } catch (PeerSilent e) {
      log.add("  " + e.getMessage());
      String stderr = stderr(process);
      session.programs().drop(process);
      throw new CellFailure(
          Outcome.TIMEOUT, who + ": " + e.getMessage() + ", stage unknown; killed" + stderr);
    } finally {
      process.takeStderr().lines().limit(50).forEach(text -> log.add("  stderr: " + text));
    }
  }

  private String stderr(PeerProcess process) {
    String stderr = process.takeStderr();
    stderr.lines().limit(50).forEach(text -> log.add("  stderr: " + text));
    return stderr.lines().reduce((first, second) -> second).map(last -> ": " + last).orElse("");
  }

  /** The answer, if it keeps the contract and says exit 0; everything else ends the cell. */
  private Map<String, Object> checked(Peer peer, Role role, String text) throws CellFailure {
    String who = role.id() + " " + peer.id();
    Map<String, Object> answer;
    try {
      answer = Json.parseObject(text);
    } catch (IllegalArgumentException e) {
      throw new CellFailure(Outcome.ERROR, who + ": its answer is " + e.getMessage());
    }
    answers.put(role.id(), answer);
    if (Json.integer(answer, "schema", 0) != 1
        || !role.id().equals(answer.get("role"))
        || !(answer.get("exit") instanceof Long)) {
      throw new CellFailure(
          Outcome.ERROR, who + ": its answer is no result object (schema 1, role, exit): " + text);
    }
    long exit = Json.integer(answer, "exit", -1);
    if (exit == ExitStatus.DONE) {
      return answer;
    }
    Map<String, Object> error = Json.object(answer, "error");
    if (exit == ExitStatus.UNSUPPORTED && Json.text(answer, "reason") != null) {
      throw new CellFailure(Outcome.UNSUPPORTED, who + ": " + Json.text(answer, "reason"));
    }
    if (exit == ExitStatus.FAILED && "ETIMEDOUT".equals(error.get("errno"))) {
      throw new CellFailure(
          Outcome.TIMEOUT,
          who
              + ": in stage "
              + error.getOrDefault("stage", "unknown")
              + ": "
              + error.get("message"));
    }
    if (exit == ExitStatus.FAILED && Json.text(error, "message") != null) {
      throw new CellFailure(Outcome.ERROR, who + ": " + error.get("message"));
    }
    throw new CellFailure(Outcome.ERROR, who + ": exit " + exit + " in its answer: " + text);
  }
}
