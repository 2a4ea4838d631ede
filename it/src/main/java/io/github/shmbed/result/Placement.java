// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.result;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where something ran. A wake-up costs a different price on the same core, on its SMT sibling and
 * across cores, so no number is worth anything without it.
 *
 * @param cpus the CPUs it could run on, or one for each of its processes when it was pinned
 * @param pinned whether each process was bound to one CPU
 * @param smt whether one of these CPUs shares its core with another that is online
 * @param sharedCore whether two of these CPUs are one core
 */
public record Placement(List<Integer> cpus, boolean pinned, boolean smt, boolean sharedCore) {

  public Placement {
    cpus = List.copyOf(cpus);
  }

  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("cpus", cpus);
    map.put("pinned", pinned);
    map.put("smt", smt);
    map.put("sharedCore", sharedCore);
    return map;
  }

  /** For a person: "pinned to CPU 0 and 1, no SMT". */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(pinned ? "pinned to CPU " : "not pinned, CPUs ");
    for (int i = 0; i < cpus.size(); i++) {
      text.append(i == 0 ? "" : i == cpus.size() - 1 ? " and " : ", ").append(cpus.get(i));
    }
    return text.append(sharedCore ? ", one core (SMT)" : smt ? ", SMT" : ", no SMT").toString();
  }
}
