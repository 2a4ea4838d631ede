// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.command;

import io.github.shmbed.cases.Case;
import io.github.shmbed.cases.Cases;
import io.github.shmbed.json.Json;
import io.github.shmbed.registry.Home;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.registry.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./shmbed list}: what the matrix is made of. */
@Command(name = "list", description = "Lists peers, pairings and cases.")
public final class ListCommand implements Callable<Integer> {
  @Mixin private RunOptions options;

  @Option(
      names = "--format",
      paramLabel = "table|json",
      defaultValue = "table",
      description = "What goes to stdout.")
  private Format format;

  @Override
  public Integer call() throws Exception {
    Registry registry = options.registry(Home.find());
    List<Peer> here = registry.runningOn(options.runner());
    List<String> pairings = pairings(here);
    if (format == Format.json) {
      System.out.print(Json.pretty(json(registry, pairings)));
      return 0;
    }
    System.out.println("Peers");
    for (Peer peer : registry.peers()) {
      System.out.printf(
          "  %-22s %-8s %-6s runs on %-13s layouts %-14s %s%n",
          peer.id(),
          peer.language(),
          peer.api().id(),
          String.join(", ", peer.runsOn()),
          String.join(",", peer.layouts()),
          String.join(" ", peer.commands().keySet().stream().map(Role::id).toList()));
    }
    System.out.println("\nPairings with the " + options.runner() + " runner (writer:reader)");
    pairings.forEach(pairing -> System.out.println("  " + pairing));
    System.out.println("\nCases");
    for (Case one : Cases.all()) {
      System.out.printf("  %-22s %s%n", one.name(), one.title());
    }
    return 0;
  }

  /** Pairings inside an API family; the others are N_A. */
  private static List<String> pairings(List<Peer> peers) {
    List<String> pairings = new ArrayList<>();
    for (Peer writer : peers) {
      for (Peer reader : peers) {
        if (writer.api() == reader.api() && writer.has(Role.WRITER) && reader.has(Role.READER)) {
          pairings.add(writer.id() + ":" + reader.id());
        }
      }
    }
    return pairings;
  }

  private static Map<String, Object> json(Registry registry, List<String> pairings) {
    List<Object> peers = new ArrayList<>();
    for (Peer peer : registry.peers()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("id", peer.id());
      entry.put("language", peer.language());
      entry.put("api", peer.api().id());
      entry.put("runsOn", List.copyOf(peer.runsOn()));
      entry.put("roles", peer.commands().keySet().stream().map(Role::id).toList());
      entry.put("layouts", peer.layouts());
      entry.put("channels", peer.channels());
      peers.add(entry);
    }
    List<Object> cases = new ArrayList<>();
    for (Case one : Cases.all()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", one.name());
      entry.put("title", one.title());
      entry.put("description", one.description());
      entry.put("expectation", one.expectation());
      cases.add(entry);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put("peers", peers);
    json.put("pairings", pairings);
    json.put("cases", cases);
    return json;
  }
}
