// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import io.github.shmbed.json.Json;
import io.github.shmbed.registry.Home;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A peers.json of its own: the real Java peers, and peers that do one thing wrong. */
final class SabotageRegistry {
  /** What {@link SabotagePeer} can do wrong. */
  private static final List<String> KINDS =
      List.of(
          "wrong-byte",
          "one-byte-short",
          "wrong-digest",
          "wrong-byte-in-object",
          "leaves-object",
          "keeps-descriptor",
          "hang",
          "says-done",
          "exit-127",
          "says-unsupported",
          "says-timeout",
          "talks-nonsense",
          "answers-twice",
          "keeps-fifo",
          "knows-everything");

  private SabotageRegistry() {}

  static String json(Home home) throws Exception {
    List<Object> peers = new ArrayList<>();
    peers.add(
        peer(
            "java-posix",
            "posix",
            List.of("./shmbed", "writer"),
            List.of("./shmbed", "reader"),
            null));
    peers.add(
        peer(
            "java-sysv",
            "sysv",
            List.of("./shmbed", "writer", "--api", "sysv"),
            List.of("./shmbed", "reader", "--api", "sysv"),
            List.of("./shmbed", "cleaner", "--api", "sysv")));
    for (String kind : KINDS) {
      peers.add(peer(kind, "posix", sabotage(kind, "writer"), sabotage(kind, "reader"), null));
    }
    peers.add(
        peer(
            "hang-sysv",
            "sysv",
            sabotage("hang", "writer"),
            sabotage("hang", "reader"),
            sabotage("hang", "cleaner")));
    for (String signal : List.of("SEGV", "KILL", "BUS")) {
      String script = resource("/sabotage/crash.sh").toString();
      List<String> command = List.of("sh", script, signal);
      peers.add(
          peer(
              "dies-by-" + signal.toLowerCase(java.util.Locale.ROOT),
              "posix",
              command,
              command,
              null));
    }
    peers.add(
        peer("absent", "posix", List.of("./no-such-program"), List.of("./no-such-program"), null));
    Map<String, Object> registry = new LinkedHashMap<>();
    registry.put("schema", 1L);
    registry.put("peers", peers);
    return Json.pretty(registry);
  }

  private static List<String> sabotage(String kind, String role) throws Exception {
    List<String> classPath = new ArrayList<>();
    for (Class<?> one :
        List.of(SabotagePeer.class, Json.class, com.fasterxml.jackson.core.JsonFactory.class)) {
      classPath.add(
          Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    return List.of(
        java,
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        String.join(":", classPath),
        SabotagePeer.class.getName(),
        kind,
        role);
  }

  private static Path resource(String name) throws Exception {
    return Path.of(SabotageRegistry.class.getResource(name).toURI());
  }

  private static Map<String, Object> peer(
      String id, String api, List<String> writer, List<String> reader, List<String> cleaner) {
    Map<String, Object> commands = new LinkedHashMap<>();
    commands.put("writer", writer);
    commands.put("reader", reader);
    if (cleaner != null) {
      commands.put("cleaner", cleaner);
    }
    Map<String, Object> peer = new LinkedHashMap<>();
    peer.put("id", id);
    peer.put("language", "Java");
    peer.put("api", api);
    peer.put("runsOn", List.of("host"));
    peer.put("inContainer", false);
    peer.put("directory", ".");
    peer.put("commands", commands);
    peer.put("layouts", Arrays.asList("classic"));
    peer.put("channels", List.of());
    peer.put("codecs", List.of("raw"));
    return peer;
  }
}
