// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import io.github.shmbed.json.Json;
import io.github.shmbed.result.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A failure that is known and waits for a fix elsewhere: the cells it covers end XFAIL when they
 * end as it says, or XPASS when they pass by now. Any other outcome is a failure that nobody knew.
 *
 * @param cells glob of cell ids
 * @param outcome how they end
 * @param expires from the day after it the failure counts again
 */
public record KnownFailure(
    String cells, Outcome outcome, String reason, String link, LocalDate expires) {
  /** What a peer can be known for. That the machine was not ready is no peer's failure. */
  private static final Set<Outcome> OUTCOMES =
      EnumSet.of(
          Outcome.MISMATCH,
          Outcome.UNSUPPORTED,
          Outcome.TIMEOUT,
          Outcome.CRASH,
          Outcome.ERROR,
          Outcome.LEAK);

  /**
   * @throws IllegalArgumentException when it is no outcome that can be known
   */
  public KnownFailure {
    if (!OUTCOMES.contains(outcome)) {
      throw noOutcome(outcome.name());
    }
  }

  /** Reads known-failures.json; no file means none. */
  public static List<KnownFailure> load(Path file) throws IOException {
    return Files.exists(file) ? parse(Files.readString(file)) : List.of();
  }

  /**
   * Reads {@code
   * {"knownFailures":[{"cells","outcome":"ERROR","reason","link","expires":"2027-01-31"}]}}.
   *
   * @throws IllegalArgumentException when a member is missing or wrong
   */
  public static List<KnownFailure> parse(String text) {
    List<KnownFailure> known = new ArrayList<>();
    for (Object entry : Json.list(Json.parseObject(text), "knownFailures")) {
      @SuppressWarnings("unchecked")
      Map<String, Object> object =
          entry instanceof Map<?, ?> ? (Map<String, Object>) entry : Map.of();
      known.add(
          new KnownFailure(
              required(object, "cells"),
              outcome(required(object, "outcome")),
              required(object, "reason"),
              required(object, "link"),
              date(required(object, "expires"))));
    }
    return List.copyOf(known);
  }

  public boolean covers(String cellId, LocalDate today) {
    return !today.isAfter(expires) && Glob.matches(cells, cellId);
  }

  private static String required(Map<String, Object> object, String name) {
    String text = Json.text(object, name);
    if (text == null || text.isEmpty()) {
      throw new IllegalArgumentException("known-failures.json: every entry needs '" + name + "'");
    }
    return text;
  }

  private static Outcome outcome(String text) {
    return Arrays.stream(Outcome.values())
        .filter(outcome -> outcome.name().equals(text))
        .findFirst()
        .orElseThrow(() -> noOutcome(text));
  }

  private static IllegalArgumentException noOutcome(String text) {
    return new IllegalArgumentException(
        "known-failures.json: outcome is one of " + OUTCOMES + ", not " + text);
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "known-failures.json: expires must be like 2027-01-31, not " + text, e);
    }
  }
}
