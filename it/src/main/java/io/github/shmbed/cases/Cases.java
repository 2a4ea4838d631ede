// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The list of cases; a new one joins here. */
public final class Cases {
  private static final Pattern ANY_SIZE = Pattern.compile("classic-([1-9]\\d{0,6})B");

  /** Not a multiple of a page or of a slot's alignment: an error in rounding shows. */
  private static final int ODD_BYTES = 70_001;

  private static final int LARGE_BYTES = (4 << 20) + 1;

  private static final List<Case> RINGS =
      List.of(
          Framed.ring("empty", "rings that are empty between any two", "", 1),
          Framed.ring("full", "a ring with room for one", "count=2,", 8),
          Framed.ring("mp", "rings for several producers and consumers", "mp,", 8),
          Framed.ring("index", "rings of 8-byte elements", "index,", 8),
          Framed.ring("mp-index-full", "small rings of all that", "mp,index,count=4,", 8));

  private Cases() {}

  /** All cases of the matrix, in the order in which a pairing runs them. */
  public static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    cases.add(new ClassicSeedCommands());
    for (int size :
        new int[] {
          1, 2, 100, 1000, 4095, 4096, 4097, 10_000, 100_000, 1_000_000, Classic.SEGMENT_SIZE
        }) {
      cases.add(new ClassicSize(size));
    }
    cases.add(new ClassicReuse());
    cases.add(new ClassicBytes());
    cases.add(new OsMessage());
    cases.add(new Framed("framed-empty", "empty messages", ChannelKind.UNIX, 0, 3, 1));
    cases.add(new Framed("framed-bytes", "arbitrary bytes", ChannelKind.UNIX, ODD_BYTES, 3, 2));
    cases.add(new Framed("framed-large", "a large message", ChannelKind.UNIX, LARGE_BYTES, 1, 1));
    for (ChannelKind channel : ChannelKind.values()) {
      if (channel.worksInContainers()) { // the matrix is the same on both runners
        cases.add(Framed.one(channel));
        cases.add(Framed.stream(channel));
      }
    }
    cases.addAll(Coded.all());
    cases.addAll(RINGS);
    return List.copyOf(cases);
  }

  /** A case by its name; {@code classic-<n>B} exists for every n that fits. */
  public static Optional<Case> find(String name) {
    Matcher size = ANY_SIZE.matcher(name);
    if (size.matches() && Integer.parseInt(size.group(1)) <= Classic.SEGMENT_SIZE) {
      return Optional.of(new ClassicSize(Integer.parseInt(size.group(1))));
    }
    return all().stream().filter(one -> one.name().equals(name)).findFirst();
  }
}
