// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.segment;

import java.util.concurrent.atomic.AtomicInteger;

/** Names and keys that no other run on this machine uses. */
public final class TestNames {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private TestNames() {}

  /** A POSIX name. */
  public static String name() {
    return "/shmbed-java-test-" + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet();
  }

  /** A System V key. */
  public static int key() {
    return 0x5a000000
        | (int) (ProcessHandle.current().pid() % 0x10000) << 8
        | NEXT.incrementAndGet() & 0xff;
  }
}
