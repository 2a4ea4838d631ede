// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandlesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/dev/shm/x (deleted)",
        "/tmp/shmbed-100-abc-0/channels/channel-7.r",
        "/tmp/shmbed-100-abc-0/channels/channel-7.w (deleted)",
        "anon_inode:bpf-map",
        "anon_inode:bpf-prog",
        "anon_inode:[eventfd]",
        "socket:[7]",
        "/shmbed-100-abc-0-1.r"
      })
  void whatChannelsAreMadeOfIsWatched(String target) {
    assertTrue(Handles.isWatched(target));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tmp/shmbed-100-abc-0/out-7",
        "/tmp/other/channels/channel-7.r",
        "/usr/lib/jvm/lib/modules",
        "pipe:[7]",
        "anon_inode:[eventpoll]",
        ""
      })
  void ordinaryFilesAreNot(String target) {
    assertFalse(Handles.isWatched(target));
  }
}
