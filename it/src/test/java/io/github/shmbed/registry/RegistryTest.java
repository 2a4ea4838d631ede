// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryTest {
  private static final String ENTRY =
      """
      {"schema":1,"peers":[{"id":"x-posix","language":"X","api":"posix","runsOn":["host"],"inContainer":false,
       "directory":"peers/x","commands":{"writer":["./w"],"reader":["./r"]},"layouts":["classic"],"channels":[],"codecs":["raw"]}]}
      """;

  @Test
  void theTreesOwnFileIsRead() throws Exception {
    Registry registry = Registry.load(Home.find().peersFile());
    Peer c = registry.find("c-sysv").orElseThrow();
    assertEquals(Api.SYSV, c.api());
    assertEquals(List.of("./shm_clean.exe"), c.command(Role.CLEANER));
    assertTrue(
        registry.runningOn("host").stream().noneMatch(peer -> peer.id().endsWith("-container")));
    assertTrue(
        registry.runningOn("docker").stream()
            .anyMatch(peer -> peer.id().equals("java-posix-container")));
  }

  @Test
  void aNewPeerIsAnEntryAndNothingElse() {
    Peer peer = Registry.parse(ENTRY).find("x-posix").orElseThrow();
    assertEquals("peers/x", peer.directory());
    assertTrue(peer.has(Role.WRITER) && peer.has(Role.READER) && !peer.has(Role.CLEANER));
    assertThrows(IllegalArgumentException.class, () -> peer.command(Role.CLEANER));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"schema\":1 | \"schema\":2 | schema",
        "\"posix\" | \"both\" | api",
        "\"x-posix\" | \"X posix\" | id",
        "peers/x | ../x | directory",
        "peers/x | /x | directory",
        "[\"host\"] | [\"moon\"] | runsOn",
        "\"reader\": | \"raeder\": | commands",
        "\"inContainer\":false | \"inContainer\":true | image",
        "[\"classic\"] | [1] | layouts",
      })
  void aWrongEntryNamesTheMember(String right, String wrong, String named) {
    assertTrue(ENTRY.contains(right), right);
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> Registry.parse(ENTRY.replace(right, wrong)));
    assertTrue(e.getMessage().contains(named), e.getMessage());
  }

  @Test
  void twoPeersOfOneIdAreRefused() {
    String entry = ENTRY.substring(ENTRY.indexOf("[{") + 1, ENTRY.lastIndexOf("]"));
    assertThrows(
        IllegalArgumentException.class,
        () -> Registry.parse("{\"schema\":1,\"peers\":[" + entry + "," + entry + "]}"));
  }
}
