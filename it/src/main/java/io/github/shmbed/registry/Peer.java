// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One entry of peers.json: one implementation of the exchange.
 *
 * @param runsOn names of the runners it takes part in
 * @param inContainer whether the docker runner puts it into a container (else it stays on the host)
 * @param image name of the Dockerfile in docker/ without its suffix; null when it never runs in a
 *     container
 * @param directory where its programs are started, relative to the tree
 * @param commands command line of each role it has
 */
public record Peer(
    String id,
    String language,
    Api api,
    Set<String> runsOn,
    boolean inContainer,
    String image,
    String directory,
    Map<Role, List<String>> commands,
    List<String> layouts,
    List<String> channels,
    List<String> codecs) {

  /** The same with another id and an environment variable more. */
  public Peer with(String otherId, String variable, String value) {
    Map<Role, List<String>> inEnvironment = new EnumMap<>(Role.class);
    commands.forEach(
        (role, command) -> {
          List<String> words = new ArrayList<>(List.of("env", variable + "=" + value));
          words.addAll(command);
          inEnvironment.put(role, words);
        });
    return new Peer(
        otherId,
        language,
        api,
        runsOn,
        inContainer,
        image,
        directory,
        inEnvironment,
        layouts,
        channels,
        codecs);
  }

  public boolean has(Role role) {
    return commands.containsKey(role);
  }

  /** The command line of a role; it must have it. */
  public List<String> command(Role role) {
    List<String> command = commands.get(role);
    if (command == null) {
      throw new IllegalArgumentException("peer " + id + " has no " + role.id());
    }
    return command;
  }
}
