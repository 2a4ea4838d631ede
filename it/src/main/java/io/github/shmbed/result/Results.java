// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.result;

import io.github.shmbed.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a run found out: what results.json holds, and what every table, page and exit code is
 * derived from.
 *
 * @param environment machine, versions, seed, run id, times
 * @param cells in the order in which they ran
 * @param rows what {@code bench} measured
 */
public record Results(
    Map<String, Object> environment, List<CellResult> cells, List<Map<String, Object>> rows) {

  public long count(Outcome outcome) {
    return cells.stream().filter(cell -> cell.outcome() == outcome).count();
  }

  public long failed() {
    return cells.stream().filter(cell -> !cell.isAcceptable()).count();
  }

  /** Whether no cell could run, so that nothing was found out. */
  public boolean isEmpty() {
    return count(Outcome.PASS) + count(Outcome.XFAIL) + failed() == 0;
  }

  /** The last line of a run. */
  public String lastLine() {
    return count(Outcome.PASS) + " passed, " + failed() + " failed";
  }

  /** The shape that docs/architecture.md fixes, schema 1. */
  public Map<String, Object> json() {
    Map<String, Object> summary = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      long count = count(outcome);
      if (count > 0 || outcome == Outcome.PASS) {
        summary.put(outcome.name(), count);
      }
    }
    Map<String, Object> byId = new LinkedHashMap<>();
    cells.forEach(cell -> byId.put(cell.id(), cell.json()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put("environment", environment);
    json.put("summary", summary);
    json.put("cells", byId);
    json.put("rows", rows);
    return json;
  }

  /** Writes results.json; whoever reads it meanwhile sees the old or the new one, never half. */
  public void write(Path file) throws IOException {
    write(file, json());
  }

  /** The same for an object of this shape that has more in it. */
  public static void write(Path file, Map<String, Object> json) throws IOException {
    Path absolute = file.toAbsolutePath();
    Files.createDirectories(absolute.getParent());
    Path half =
        absolute.resolveSibling(
            absolute.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    Files.writeString(half, Json.pretty(json));
    Files.move(half, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
