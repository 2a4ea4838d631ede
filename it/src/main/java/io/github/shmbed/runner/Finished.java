// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.runner;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a fresh process said and how it ended.
 *
 * @param status empty when it had to be killed at its deadline
 * @param pid as the harness sees it; 0 when it cannot
 */
public record Finished(Optional<ExitStatus> status, byte[] stdout, byte[] stderr, long pid) {

  public String stdoutText() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  public String stderrText() {
    return new String(stderr, StandardCharsets.UTF_8);
  }
}
