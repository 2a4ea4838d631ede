// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench;

import io.github.shmbed.report.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that must hold for a run's numbers to be believed. One that does not hold makes the run
 * INVALID: that is shown, and no number is changed because of it.
 *
 * @param text what was compared, with the numbers
 * @param values the same numbers for programs; merged into the JSON object
 */
public record Check(
    String bench, String name, boolean holds, String text, Map<String, Object> values) {

  /** Without numbers of its own. */
  public Check(String bench, String name, boolean holds, String text) {
    this(bench, name, holds, text, Map.of());
  }

  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("bench", bench);
    map.put("name", name);
    map.put("verdict", holds ? "VALID" : "INVALID");
    map.put("text", text);
    map.putAll(values);
    return map;
  }

  public String line(Terminal terminal) {
    String verdict = holds ? "VALID" : "INVALID";
    String rest = terminal.wrap(verdict + "  " + text).substring(verdict.length());
    return (holds ? terminal.green(verdict) : terminal.red(verdict)) + rest;
  }
}
