// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProcTest {
  @Test
  void theViewIsTheUsersInItsPidNamespaceSinceBoot() {
    String view = Proc.view();
    assertTrue(
        view.matches(Proc.uid() + " pid:\\[\\d+] [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), view);
  }
}
