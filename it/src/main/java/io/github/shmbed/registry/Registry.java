// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import io.github.shmbed.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The peers of peers.json, in its order. A new language joins by an entry there and by nothing
 * here.
 */
public final class Registry {
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
  private static final List<String> RUNNERS = List.of("host", "docker");

  private final List<Peer> peers;

  private Registry(List<Peer> peers) {
    this.peers = List.copyOf(peers);
  }

  /**
   * Reads a registry file.
   *
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException when an entry is wrong; the message names the file, the entry
   *     and the member
   */
  public static Registry load(Path file) throws IOException {
    try {
      return parse(Files.readString(file));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** As {@link #load}, from text. */
  public static Registry parse(String text) {
    Map<String, Object> root = Json.parseObject(text);
    if (Json.integer(root, "schema", 0) != 1) {
      throw new IllegalArgumentException("schema must be 1");
    }
    Map<String, Peer> byId = new LinkedHashMap<>();
    for (Object entry : Json.list(root, "peers")) {
      Peer peer = peer(entry);
      if (byId.put(peer.id(), peer) != null) {
        throw new IllegalArgumentException("two peers have the id " + peer.id());
      }
    }
    return new Registry(new ArrayList<>(byId.values()));
  }

  /** All peers, whatever they run on. */
  public List<Peer> peers() {
    return peers;
  }

  /** The peers that take part with this runner. */
  public List<Peer> runningOn(String runner) {
    return peers.stream().filter(peer -> peer.runsOn().contains(runner)).toList();
  }

  public Optional<Peer> find(String id) {
    return peers.stream().filter(peer -> peer.id().equals(id)).findFirst();
  }

  private static Peer peer(Object entry) {
    if (!(entry instanceof Map<?, ?>)) {
      throw new IllegalArgumentException("peers: not an object: " + entry);
    }
    @SuppressWarnings("unchecked")
    Map<String, Object> object = (Map<String, Object>) entry;
    String id = required(object, "id", "a peer");
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("peer id '" + id + "' must match " + ID);
    }
    Api api =
        switch (required(object, "api", id)) {
          case "posix" -> Api.POSIX;
          case "sysv" -> Api.SYSV;
          default ->
              throw new IllegalArgumentException("peer " + id + ": api must be posix or sysv");
        };
    List<String> runsOn = texts(object, "runsOn", id);
    if (!RUNNERS.containsAll(runsOn)) {
      throw new IllegalArgumentException(
          "peer " + id + ": runsOn " + runsOn + " must be among " + RUNNERS);
    }
    boolean inContainer = Boolean.TRUE.equals(object.get("inContainer"));
    String image = Json.text(object, "image");
    if (inContainer && image == null) {
      throw new IllegalArgumentException("peer " + id + ": inContainer needs an image");
    }
    String directory = required(object, "directory", id);
    if (Path.of(directory).isAbsolute() || Path.of(directory).normalize().startsWith("..")) {
      throw new IllegalArgumentException("peer " + id + ": directory must lie inside the tree");
    }
    return new Peer(
        id,
        required(object, "language", id),
        api,
        new LinkedHashSet<>(runsOn),
        inContainer,
        image,
        directory,
        commands(object, id),
        texts(object, "layouts", id),
        texts(object, "channels", id),
        texts(object, "codecs", id));
  }

  private static Map<Role, List<String>> commands(Map<String, Object> object, String id) {
    Map<String, Object> written = Json.object(object, "commands");
    Map<Role, List<String>> commands = new LinkedHashMap<>();
    for (Role role : Role.values()) {
      List<String> command = texts(written, role.id(), id + " commands");
      if (!command.isEmpty()) {
        commands.put(role, command);
      }
    }
    if (commands.size() != written.size()) {
      throw new IllegalArgumentException(
          "peer "
              + id
              + ": commands "
              + written.keySet()
              + " must be among writer, reader, cleaner");
    }
    if (!commands.containsKey(Role.WRITER) && !commands.containsKey(Role.READER)) {
      throw new IllegalArgumentException(
          "peer " + id + ": needs the command of a writer or of a reader");
    }
    return commands;
  }

  private static String required(Map<String, Object> object, String name, String whose) {
    String text = Json.text(object, name);
    if (text == null || text.isEmpty()) {
      throw new IllegalArgumentException(whose + " needs '" + name + "'");
    }
    return text;
  }

  private static List<String> texts(Map<String, Object> object, String name, String whose) {
    List<String> texts = new ArrayList<>();
    for (Object element : Json.list(object, name)) {
      if (!(element instanceof String text)) {
        throw new IllegalArgumentException(whose + ": '" + name + "' must be a list of texts");
      }
      texts.add(text);
    }
    return List.copyOf(texts);
  }
}
