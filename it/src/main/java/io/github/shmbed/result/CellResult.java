// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.result;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one cell ended.
 *
 * @param id {@code writer:reader:case}
 * @param reason why it is not PASS; null for PASS
 * @param declared for UNSUPPORTED: peers.json says so, or the case may want what a machine lacks
 *     (else the peer surprised us with exit 77)
 * @param answers the result objects of the peers by role; of several by one role the last
 * @param mismatch null unless bytes differed
 * @param leaks what stayed, as text
 * @param durationNs of the whole cell
 * @param log what was done and said, for {@code repro} and for whoever looks into a failure
 */
public record CellResult(
    String id,
    Outcome outcome,
    String reason,
    boolean declared,
    Map<String, Map<String, Object>> answers,
    Mismatch mismatch,
    List<String> leaks,
    long durationNs,
    List<String> log) {

  public String writer() {
    return id.split(":", 3)[0];
  }

  public String reader() {
    return id.split(":", 3)[1];
  }

  public String caseName() {
    return id.split(":", 3)[2];
  }

  /** Whether the run may still exit 0 with this cell. */
  public boolean isAcceptable() {
    return switch (outcome) {
      case PASS, XFAIL, N_A -> true;
      case UNSUPPORTED -> declared;
      default -> false;
    };
  }

  /** As results.json has it. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("outcome", outcome.name());
    if (reason != null) {
      json.put("reason", reason);
    }
    if (outcome == Outcome.UNSUPPORTED) {
      json.put("declared", declared);
    }
    if (mismatch != null) {
      json.put("mismatch", mismatch.json());
    }
    if (!leaks.isEmpty()) {
      json.put("leaks", leaks);
    }
    json.put("writer", answers.getOrDefault("writer", Map.of()));
    json.put("reader", answers.getOrDefault("reader", Map.of()));
    if (answers.containsKey("cleaner")) {
      json.put("cleaner", answers.get("cleaner"));
    }
    json.put("durationNs", durationNs);
    if (!isAcceptable() && !log.isEmpty()) {
      json.put("log", log);
    }
    return json;
  }
}
