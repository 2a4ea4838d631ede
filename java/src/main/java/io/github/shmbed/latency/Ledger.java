// SPDX-License-Identifier: Apache-2.0
// What each stage of one command took, and each call within it, for a person to read.
package io.github.shmbed.latency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Durations in ns, by stage. Not thread-safe. */
public final class Ledger {
  private final long[] stageNs = new long[Stage.values().length];
  private final boolean[] happened = new boolean[stageNs.length];
  // Lines for people as pairs: a call's label and its time, or a text and no time. Made into text
  // at the end, because that costs more than many a call.
  private final List<String> labels = new ArrayList<>();
  private final List<Long> timesNs = new ArrayList<>();

  /**
   * The clock: CLOCK_MONOTONIC, which System.nanoTime reads on Linux and every process of the
   * machine shares.
   */
  public static long nowNs() {
    return System.nanoTime();
  }

  /**
   * Adds a call's time to its stage and a line for people: {@code [QLOG] shm_open latency: 17937}.
   *
   * @param label the call, as the original programs name it
   */
  public void add(Stage stage, String label, long beginNs, long endNs) {
    add(stage, beginNs, endNs);
    labels.add(label);
    timesNs.add(endNs - beginNs);
  }

  /** Forgets everything: what was measured did not count. */
  public void clear() {
    Arrays.fill(stageNs, 0);
    Arrays.fill(happened, false);
    labels.clear();
    timesNs.clear();
  }

  /** Adds time to a stage. */
  public void add(Stage stage, long beginNs, long endNs) {
    stageNs[stage.ordinal()] += endNs - beginNs;
    happened[stage.ordinal()] = true;
  }

  /** Adds a line for people between the calls' lines. */
  public void say(String line) {
    labels.add(line);
    timesNs.add(null);
  }

  /** Hands over what each stage took, and begins anew. */
  public void moveTo(MessageLedger rounds, boolean first) {
    for (Stage stage : Stage.values()) {
      if (happened(stage)) {
        rounds.record(stage, first, true, stageNs(stage));
      }
    }
    clear();
  }

  /** Whether the stage happened. */
  public boolean happened(Stage stage) {
    return happened[stage.ordinal()];
  }

  /** The sum of the stage's times in ns. */
  public long stageNs(Stage stage) {
    return stageNs[stage.ordinal()];
  }

  /** The lines for people, in order. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      Long ns = timesNs.get(i);
      lines.add(ns == null ? labels.get(i) : "[QLOG] " + labels.get(i) + " latency: " + ns);
    }
    return lines;
  }
}
