// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.it;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.shmbed.kernel.DefaultNamesLock;
import io.github.shmbed.kernel.PosixObject;
import java.io.IOException;
import java.time.Duration;

/** Holds the default names of this machine for a test. */
record TestDefaults(DefaultNamesLock lock) implements AutoCloseable {

  static TestDefaults hold() throws IOException {
    return new TestDefaults(DefaultNamesLock.acquire(Duration.ofMinutes(2)));
  }

  void requireFree(String name) throws IOException {
    assertNull(PosixObject.find(name), name + " is there already: ./shmbed clean --yes");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
