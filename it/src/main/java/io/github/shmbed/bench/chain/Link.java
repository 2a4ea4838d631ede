// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.bench.chain;

import io.github.shmbed.layout.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One end of what connects two processes of the chain. */
interface Link extends AutoCloseable {
  /** The sending end makes everything. */
  void create() throws IOException;

  /** Meets the other end. */
  void open() throws IOException;

  /** Sends a message; {@code payload} goes along where there is no segment for it. */
  void send(Descriptor descriptor, ByteBuffer payload) throws IOException;

  /** Waits for a message. */
  void receive(Descriptor into, ByteBuffer payload) throws IOException;

  /** Closes and removes all of it. Twice does no harm. */
  @Override
  void close() throws IOException;
}
