// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.shmbed.cases.Cases;
import io.github.shmbed.matrix.Cell;
import io.github.shmbed.matrix.MatrixRun;
import io.github.shmbed.matrix.Selection;
import io.github.shmbed.matrix.Session;
import io.github.shmbed.registry.Api;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.registry.Role;
import io.github.shmbed.result.CellResult;
import io.github.shmbed.result.Outcome;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The matrix: one test for each cell that can run. What runs where is {@code
 * -Dshmbed.runner=docker|host}.
 */
@DisplayName("The exchange matrix")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MatrixIT {
  private static Registry registry;
  private static Session session;
  private static MatrixRun run;
  private static List<Cell> cells;

  @BeforeAll
  static void open() throws Exception {
    Home home = Home.find();
    registry = Registry.load(home.peersFile());
    session = Session.open(home, TestRunner.factory(home), null, Session.DEFAULT_DEADLINE);
    cells = Selection.of(registry, TestRunner.NAME, Selection.Filters.NONE).cells();
    session.runner().prepare(registry.runningOn(TestRunner.NAME));
    run = new MatrixRun(session);
    run.start(cells);
  }

  @AfterAll
  static void close() throws Exception {
    if (session != null) {
      run.results().write(session.home().resultsFile());
      session.close();
      assertFalse(Files.exists(session.run().directory()), "the run's directory is removed");
    }
  }

  @TestFactory
  @Order(1)
  @DisplayName("cells")
  Stream<DynamicTest> cells() {
    return cells.stream()
        .filter(Cell::isRunnable)
        .map(
            cell ->
                DynamicTest.dynamicTest(
                    cell.writer().id()
                        + " -> "
                        + cell.reader().id()
                        + ": "
                        + cell.exchange().name(),
                    () -> {
                      CellResult result = run.run(cell);
                      if (!result.isAcceptable()) {
                        fail(
                            result.outcome()
                                + " "
                                + result.reason()
                                + "\n./shmbed repro "
                                + cell.id()
                                + " --runner "
                                + TestRunner.NAME
                                + " --seed "
                                + session.seed()
                                + "\n"
                                + String.join("\n", result.log()));
                      }
                    }));
  }

  @Test
  @Order(2)
  @DisplayName(
      "every pairing and case has a result, and those that do not apply are counted, not skipped")
  void everyCellHasAResult() {
    cells.stream().filter(cell -> !cell.isRunnable()).forEach(run::run);
    List<Peer> peers = registry.runningOn(TestRunner.NAME);
    long posix = peers.stream().filter(peer -> peer.api() == Api.POSIX).count();
    long sysv = peers.size() - posix;
    long acrossFamilies = 2 * posix * sysv * Cases.all().size();
    long osMessageOfSysv = sysv * sysv;
    assertTrue(peers.stream().allMatch(peer -> peer.has(Role.WRITER) && peer.has(Role.READER)));
    assertEquals(
        (long) peers.size() * peers.size() * Cases.all().size(), run.results().cells().size());
    assertEquals(acrossFamilies + osMessageOfSysv, run.results().count(Outcome.N_A));
  }
}
