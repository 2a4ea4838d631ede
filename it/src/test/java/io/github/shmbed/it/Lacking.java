// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.shmbed.cases.ChannelKind;
import io.github.shmbed.matrix.Required;

/** What this machine lacks for a test. */
final class Lacking {
  private Lacking() {}

  /** Ends the test: skipped, or failed where SHMBED_REQUIRE has the channel. */
  static void end(ChannelKind channel, String reason) {
    if (Required.ofThisProcess().includes(channel)) {
      fail("SHMBED_REQUIRE has " + channel.id() + ": " + reason);
    }
    abort("UNSUPPORTED: " + reason);
  }
}
