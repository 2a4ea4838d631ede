// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.List;

/** What this machine lacks for a test. */
public final class Lacking {
  private static final String REQUIRED = "SHMBED_REQUIRE";

  private Lacking() {}

  /**
   * Ends the test: skipped, or failed where SHMBED_REQUIRE has the channel.
   *
   * @return never
   */
  public static Error end(String channel, String reason) {
    String required = System.getenv().getOrDefault(REQUIRED, "");
    if (List.of(required.strip().split("\\s*,\\s*")).contains(channel)) {
      fail(REQUIRED + " has " + channel + ": " + reason);
    }
    return abort("UNSUPPORTED: " + reason);
  }
}
