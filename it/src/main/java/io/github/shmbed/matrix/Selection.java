// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.cases.Case;
import io.github.shmbed.cases.Cases;
import io.github.shmbed.registry.Glob;
import io.github.shmbed.registry.Peer;
import io.github.shmbed.registry.Registry;
import io.github.shmbed.registry.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The cells of a run: the product of writers, readers and cases, less what the filters leave out.
 * Never listed by hand.
 */
public record Selection(List<Cell> cells) {

  /**
   * Which part of the product; an empty list is no restriction.
   *
   * @param writers globs of peer ids; likewise {@code readers}
   * @param cases globs of case names
   * @param pairings globs of {@code writer:reader}
   * @param shard {@code i/n}, the i-th of n parts, or null
   */
  public record Filters(
      List<String> writers,
      List<String> readers,
      List<String> cases,
      List<String> pairings,
      String shard) {
    public static final Filters NONE =
        new Filters(List.of(), List.of(), List.of(), List.of(), null);
  }

  private static final Pattern SHARD = Pattern.compile("([1-9]\\d{0,5})/([1-9]\\d{0,5})");

  /**
   * The cells of the peers that run with this runner.
   *
   * @throws UsageError when a filter matches nothing, or no cell is left that could run
   */
  public static Selection of(Registry registry, String runner, Filters filters) {
    List<Peer> peers = registry.runningOn(runner);
    List<Peer> writers =
        filtered("writer", filters.writers(), having(peers, Role.WRITER), Peer::id);
    List<Peer> readers =
        filtered("reader", filters.readers(), having(peers, Role.READER), Peer::id);
    List<Case> cases = filtered("case", filters.cases(), Cases.all(), Case::name);

    List<Cell> product = new ArrayList<>();
    for (Peer writer : writers) {
      for (Peer reader : readers) {
        cases.forEach(one -> product.add(new Cell(writer, reader, one)));
      }
    }
    List<Cell> cells =
        shard(filters.shard(), filtered("pairing", filters.pairings(), product, Cell::pairing));
    if (cells.stream().allMatch(cell -> cell.notApplicable().isPresent())) {
      throw new UsageError(
          "nothing to run: all "
              + cells.size()
              + " cells that were asked for are N_A"
              + cells.stream()
                  .findFirst()
                  .flatMap(Cell::notApplicable)
                  .map(reason -> " (" + reason + ")")
                  .orElse(""));
    }
    return new Selection(cells);
  }

  private static List<Peer> having(List<Peer> peers, Role role) {
    return peers.stream().filter(peer -> peer.has(role)).toList();
  }

  /** Keeps what one of the globs matches; every glob must match something. */
  private static <T> List<T> filtered(
      String what, List<String> globs, List<T> all, Function<T, String> name) {
    for (String glob : globs) {
      if (all.stream().noneMatch(one -> Glob.matches(glob, name.apply(one)))) {
        String valid = all.stream().map(name).distinct().collect(Collectors.joining(" "));
        throw new UsageError("no " + what + " is called '" + glob + "'; there are: " + valid);
      }
    }
    return globs.isEmpty()
        ? all
        : all.stream()
            .filter(one -> globs.stream().anyMatch(glob -> Glob.matches(glob, name.apply(one))))
            .toList();
  }

  private static List<Cell> shard(String shard, List<Cell> cells) {
    if (shard == null) {
      return cells;
    }
    Matcher matcher = SHARD.matcher(shard);
    if (!matcher.matches()
        || Integer.parseInt(matcher.group(1)) > Integer.parseInt(matcher.group(2))) {
      throw new UsageError("--shard is i/n with i from 1 to n, not '" + shard + "'");
    }
    int index = Integer.parseInt(matcher.group(1));
    int count = Integer.parseInt(matcher.group(2));
    List<Cell> part = new ArrayList<>();
    for (int i = index - 1; i < cells.size(); i += count) {
      part.add(cells.get(i));
    }
    return part;
  }
}
