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
