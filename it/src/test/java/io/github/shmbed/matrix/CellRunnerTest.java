// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.shmbed.cases.Cases;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.KnownFailure;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import io.github.shmbed.runner.ExitStatus;
import io.github.shmbed.runner.Finished;
import io.github.shmbed.runner.PeerProcess;
import io.github.shmbed.runner.Runner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The outcome of a cell")
class CellRunnerTest {
  private static final String PROBED = "{\"schema\":1,\"exit\":77,\"reason\":\"no such layout\"}";
  private static final String LACKS_DPDK = "\"exit\":77,\"reason\":\"no DPDK\",\"lacks\":\"DPDK\"";
  private static final Peer PEER =
      new Peer(
          "fake",
          "C",
          Api.POSIX,
          Set.of("host"),
          false,
          null,
          ".",
          Map.of(Role.WRITER, List.of("w"), Role.READER, List.of("r")),
          List.of("classic", "framed"),
          List.of("rtering"),
          List.of("raw"));

  /** Programs that all give the same answer. */
  private record Fakes(String answer) implements Runner {
    @Override
    public String name() {
      return "host";
    }

    @Override
    public void prepare(List<Peer> peers) {}

    @Override
    public PeerProcess serve(Peer peer, Role role) {
      return new Fake(role, answer);
    }

    @Override
    public Finished run(Peer peer, List<String> command, Duration deadline) throws IOException {
      throw new IOException("no fresh processes here");
    }

    @Override
    public String commandLine(Peer peer, List<String> command) {
      return String.join(" ", command);
    }

    @Override
    public Map<String, Object> environment() {
      return Map.of();
    }

    @Override
    public void close() {}
  }

  private static final class Fake extends PeerProcess {
    private final Role role;
    private final String answer;

    Fake(Role role, String answer) {
      this.role = role;
      this.answer = answer;
    }

    @Override
    public long pid() {
      return 0;
    }

    @Override
    public void kill() {
      deliverEnd();
    }

    @Override
    protected void send(byte[] bytes) {
      boolean probe = new String(bytes, StandardCharsets.UTF_8).contains("--layout probe-");
      String text = probe ? PROBED : "{\"schema\":1,\"role\":\"" + role.id() + "\"," + answer + "}";
      byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
      deliver(line, line.length);
    }

    @Override
    protected ExitStatus exitStatus() {
      return new ExitStatus(137);
    }
  }

  private static CellResult run(String caseName, String answer, String required) throws Exception {
    return run(caseName, answer, required, List.of());
  }

  private static CellResult run(
      String caseName, String answer, String required, List<KnownFailure> known) throws Exception {
    try (Session session =
        Session.open(Home.find(), run -> new Fakes(answer), 1L, Duration.ofSeconds(5))) {
      return new CellRunner(session, known, Required.parse(required))
          .run(new Cell(PEER, PEER, Cases.find(caseName).orElseThrow()));
    }
  }

  @ParameterizedTest(name = "SHMBED_REQUIRE={0}: a peer that lacks DPDK is declared: {1}")
  @CsvSource({"'', true", "skmsg, true", "rtering, false", "'skmsg,rtering', false"})
  void lackingWhatIsRequired(String required, boolean declared) throws Exception {
    CellResult result = run("rtering-one", LACKS_DPDK, required);
    assertEquals(Outcome.UNSUPPORTED, result.outcome(), result.reason());
    assertEquals(declared, result.declared());
    assertEquals(declared, result.isAcceptable());
    assertEquals(!declared, result.reason().contains("SHMBED_REQUIRE"), result.reason());
    assertTrue(result.reason().contains("no DPDK"), result.reason());
  }

  @ParameterizedTest(name = "{0} where {1} is known is {2}")
  @CsvSource({
    "ERROR, ERROR, XFAIL",
    "ERROR, LEAK, ERROR",
    "ERROR, CRASH, ERROR",
    "TIMEOUT, TIMEOUT, XFAIL",
    "TIMEOUT, ERROR, TIMEOUT",
    "UNSUPPORTED, UNSUPPORTED, XFAIL",
    "UNSUPPORTED, ERROR, UNSUPPORTED"
  })
  void known(String ends, Outcome isKnown, Outcome outcome) throws Exception {
    String answer =
        switch (ends) {
          case "ERROR" -> "\"exit\":1,\"error\":{\"message\":\"no\",\"errno\":\"ENOENT\"}";
          case "TIMEOUT" -> "\"exit\":1,\"error\":{\"message\":\"no\",\"errno\":\"ETIMEDOUT\"}";
          default -> "\"exit\":77,\"reason\":\"no\"";
        };
    CellResult result = run("classic-1000B", answer, "", List.of(known("*", isKnown)));
    assertEquals(outcome, result.outcome(), result.reason());
    assertEquals(outcome == Outcome.XFAIL, result.isAcceptable(), result.reason());
  }

  @Test
  @DisplayName("of several known failures of a cell the one counts that it ends with")
  void knownInSeveralWays() throws Exception {
    List<KnownFailure> known = List.of(known("*", Outcome.LEAK), known("fake:*", Outcome.ERROR));
    CellResult result =
        run("classic-1000B", "\"exit\":1,\"error\":{\"message\":\"no\"}", "", known);
    assertEquals(Outcome.XFAIL, result.outcome(), result.reason());
    assertTrue(result.reason().startsWith("known ERROR "), result.reason());
  }

  private static KnownFailure known(String cells, Outcome outcome) {
    return new KnownFailure(
        cells, outcome, "known " + outcome, "https://example.org/1", LocalDate.now());
  }

  @Test
  @DisplayName("a peer that lacks what its case does not need is never declared")
  void lackingWhatNobodyNeeds() throws Exception {
    assertEquals(false, run("classic-1000B", LACKS_DPDK, "").declared());
    assertEquals(
        false, run("rtering-one", LACKS_DPDK.replace("\"DPDK\"", "\"time\""), "").declared());
  }
}
