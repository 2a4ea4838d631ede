// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The stages that a message goes through one after the other, and the time from the first one's
 * begin to the last one's end, which was measured without them. What the two differ by is the
 * residual: time that no stage accounts for. All values are in ns and stay as they are, negative
 * ones too.
 *
 * @param stages in the order of the flow
 * @param endToEndNs from the time stamps of both sides
 */
public record Ledger(Map<String, Double> stages, double endToEndNs) {
  /** A ledger with a larger residual than this part of the whole does not explain it. */
  public static final double MOST_RESIDUAL = 0.05;

  public Ledger {
    stages = new LinkedHashMap<>(stages);
  }

  /** All stages together. */
  public double sumNs() {
    return stages.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** What is left of end to end; negative when the stages claim more than there was. */
  public double residualNs() {
    return endToEndNs - sumNs();
  }

  /** The residual as a part of end to end; not a number where that is 0. */
  public double residualPart() {
    return residualNs() / endToEndNs;
  }

  /** What is wrong with it, in words; empty when it is valid. */
  public List<String> faults() {
    List<String> faults = new ArrayList<>();
    stages.forEach(
        (stage, ns) -> {
          if (!(ns >= 0)) {
            faults.add(String.format(Locale.ROOT, "stage %s took %.0f ns", stage, ns));
          }
        });
    if (!(endToEndNs > 0)) {
      faults.add(String.format(Locale.ROOT, "end to end took %.0f ns", endToEndNs));
    } else if (!(Math.abs(residualPart()) <= MOST_RESIDUAL)) {
      faults.add(
          String.format(
              Locale.ROOT,
              "the residual is %.0f ns, %.1f %% of end to end (at most %.0f %%)",
              residualNs(),
              residualPart() * 100,
              MOST_RESIDUAL * 100));
    }
    return faults;
  }
}
