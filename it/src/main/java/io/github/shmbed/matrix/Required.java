// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.matrix;

import io.github.shmbed.cases.ChannelKind;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The channels that must work on this machine, by the environment variable SHMBED_REQUIRE: a list
 * of {@code skmsg} and {@code rtering} with commas. Elsewhere a machine may lack what they need,
 * and says so; here a broken bpf(2) or DPDK must not look like one that was never there.
 */
public record Required(Set<ChannelKind> channels) {
  private static final String VARIABLE = "SHMBED_REQUIRE";
  private static final Set<ChannelKind> POSSIBLE =
      EnumSet.of(ChannelKind.SKMSG, ChannelKind.RTERING);

  /** Of this process. */
  public static Required ofThisProcess() {
    return parse(System.getenv(VARIABLE));
  }

  /**
   * Reads the variable's value.
   *
   * @param text null where it is not set
   * @throws UsageError when it names something else
   */
  static Required parse(String text) {
    Set<ChannelKind> channels = EnumSet.noneOf(ChannelKind.class);
    for (String name : text == null || text.isBlank() ? new String[0] : text.split(",", -1)) {
      channels.add(
          ChannelKind.find(name.strip())
              .filter(POSSIBLE::contains)
              .orElseThrow(
                  () ->
                      new UsageError(
                          VARIABLE + " is a list of skmsg and rtering, not '" + text + "'")));
    }
    return new Required(channels);
  }

  /** Whether this channel must work here. */
  public boolean includes(ChannelKind channel) {
    return channels.contains(channel);
  }

  /** Whether one of them needs this thing, which a peer says that its machine lacks. */
  boolean includes(String lacks) {
    return channels.stream().anyMatch(channel -> channel.mayLack().equals(Optional.of(lacks)));
  }

  /** The reason why a cell fails in which such a channel does not work. */
  static String demanded(String reason) {
    return reason + " (and " + VARIABLE + " says that this machine has it)";
  }
}
