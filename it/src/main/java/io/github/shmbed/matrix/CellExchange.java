// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.cases.CellFailure;
import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.cases.Exchange;
import io.github.shmbed.cases.FramedExchange;
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
  private final Duration wait;
  private final Map<String, Map<String, Object>> answers = new LinkedHashMap<>();
  private final Set<Long> pids = new HashSet<>();
  private final List<String> log = new ArrayList<>();
  private final Set<Path> files = new HashSet<>();

  CellExchange(Session session, Cell cell) {
    this.session = session;
    this.cell = cell;
    number = session.run().nextNumber();
    wait = session.deadline().plus(GRACE);
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
    Path out = file("out");
    Map<String, Object> answer = ask(cell.reader(), Role.READER, options + option("out", out));
    requireWritten("out", out);
    byte[] bytes = Files.readAllBytes(out);
    requireReported(answer, "payload", session.digests().sha256(bytes));
    return bytes;
  }

  private void requireWritten(String option, Path out) throws CellFailure {
    if (!Files.exists(out)) {
      throw new CellFailure(
          Outcome.ERROR,
          "reader " + cell.reader().id() + ": said exit 0 and wrote no --" + option + " file");
    }
  }

  /** What the reader reports must be what it wrote down. */
  private void requireReported(Map<String, Object> answer, String what, String digest)
      throws CellFailure {
    String reported = Json.text(Json.object(answer, what), "sha256");
    if (!digest.equals(reported)) {
      throw new CellFailure(
          Outcome.ERROR,
          "reader "
              + cell.reader().id()
              + ": reports "
              + what
              + " sha256 "
              + reported
              + ", its file has "
              + digest);
    }
  }

  @Override
  public FramedExchange.Done together(FramedExchange framed) throws CellFailure, IOException {
    Path out = framed.keepsBytes() ? file("out") : null;
    Path values = framed.keepsBytes() && framed.content().isValues() ? file("values") : null;
    Path writerTrace = framed.traces() ? file("writer-trace") : null;
    Path readerTrace = framed.traces() ? file("reader-trace") : null;
    if (framed.channel() == ChannelKind.POSIX_MQ) {
      session.run().expectQueues(session.run().id().posixName(number));
    }
    ChannelProof proof = ChannelProof.begin(session, framed.channel());
    String common = framed.commonOptions(session.run(), number);
    Question writer =
        put(
            cell.writer(),
            Role.WRITER,
            common + option("payload", framed.payload()) + option("trace", writerTrace));
    Question reader =
        put(
            cell.reader(),
            Role.READER,
            common + option("out", out) + option("values", values) + option("trace", readerTrace));
    new Together(this::answered, session.programs(), Together.TIME_TO_NOTICE)
        .await(writer, reader, wait);
    proof.require(answers, framed.count() + framed.warmup());
    FramedExchange.Done done =
        new FramedExchange.Done(
            answers.get(Role.WRITER.id()),
            answers.get(Role.READER.id()),
            out,
            values,
            writerTrace,
            readerTrace);
    if (out != null) {
      requireWritten("out", out);
      requireReported(done.reader(), "payload", Digests.sha256(out));
    }
    if (values != null) {
      requireWritten("values", values);
      requireReported(done.reader(), "values", Digests.sha256(values));
    }
    return done;
  }

  private static String option(String name, Path file) {
    return file == null ? "" : " --" + name + " '" + file + "'";
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
      finished = session.runner().run(peer, command, wait);
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
                            + wait.toMillis()
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
    return Files.write(file("payload"), bytes);
  }

  @Override
  public Path payloadFile(long length) throws IOException {
    Path file = file("payload");
    payload().write(file, length);
    return file;
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
    session.run().forgetQueues();
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** A file of this cell in the run's directory, which containers see under the same path. */
  private Path file(String what) {
    Path file = session.run().directory().resolve(what + "-" + number);
    files.add(file);
    return file;
  }

  private boolean isPosix() {
    return cell.writer().api() == Api.POSIX;
  }

  private Map<String, Object> ask(Peer peer, Role role, String options) throws CellFailure {
    Question question = put(peer, role, options);
    return answered(question, question.await(wait));
  }

  /** Puts a question to a serving program and does not wait for the answer. */
  private Question put(Peer peer, Role role, String options) throws CellFailure {
    String address = isPosix() ? "--name " + name : "--key " + KeyRange.text(key);
    String line =
        (options + " " + address + " --deadline-ms " + session.deadline().toMillis()).trim();
    List<String> command = new ArrayList<>(peer.command(role));
    command.add(line);
    command.add("--result -");
    log.add("$ " + session.runner().commandLine(peer, command));
    return Question.put(peer, role, session.programs().get(peer, role), line);
  }

  /** What a program answered, if that is a success; everything else ends the cell. */
  private Map<String, Object> answered(Question question, Question.Reply reply) throws CellFailure {
    PeerProcess process = question.process();
    try {
      String answer = reply.text();
      log.add("  " + answer);
      session.programs().requireNothingUnasked(question.who(), process);
      return checked(question.peer(), question.role(), answer);
    } catch (PeerGone e) {
      log.add("  " + e.getMessage());
      String stderr = stderr(process);
      session.programs().drop(process);
      throw new CellFailure(
          e.status().signal().isPresent() ? Outcome.CRASH : Outcome.ERROR,
          question.who() + ": " + e.getMessage() + stderr);
    } catch (PeerSilent e) {
      log.add("  " + e.getMessage());
      String stderr = stderr(process);
      session.programs().drop(process);
      throw new CellFailure(
          Outcome.TIMEOUT,
          question.who() + ": " + e.getMessage() + ", stage unknown; killed" + stderr);
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
      throw CellFailure.unsupported(
          who + ": " + Json.text(answer, "reason"), Json.text(answer, "lacks"));
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
      throw new CellFailure(Outcome.ERROR, who + ": " + named(error), Json.text(error, "errno"));
    }
    throw new CellFailure(Outcome.ERROR, who + ": exit " + exit + " in its answer: " + text);
  }

  /** The error's message, and before it the broken rule's name where the message lacks it. */
  private static String named(Map<String, Object> error) {
    String message = Json.text(error, "message");
    String rule = Json.text(error, "name");
    return rule == null || message.contains(rule) ? message : rule + ": " + message;
  }
}
