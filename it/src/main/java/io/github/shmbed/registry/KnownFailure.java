// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.registry;

import io.github.shmbed.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A failure that is known and waits for a fix elsewhere: the cells it covers end XFAIL, or XPASS
 * when they pass by now.
 *
 * @param cells glob of cell ids
 * @param expires from the day after it the failure counts again
 */
public record KnownFailure(String cells, String reason, String link, LocalDate expires) {

  /** Reads known-failures.json; no file means none. */
  public static List<KnownFailure> load(Path file) throws IOException {
    return Files.exists(file) ? parse(Files.readString(file)) : List.of();
  }

  /**
   * Reads {@code {"knownFailures":[{"cells","reason","link","expires":"2027-01-31"}]}}.
   *
   * @throws IllegalArgumentException when a member is missing
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

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "known-failures.json: expires must be like 2027-01-31, not " + text, e);
    }
  }
}
