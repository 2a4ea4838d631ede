// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.io.OutputStream;
import java.nio.ByteBuffer;

/** For libraries that write to streams: into a buffer, from its position on. */
final class BufferOutput extends OutputStream {
  private ByteBuffer room;

  /** What is written next goes there; too much is a BufferOverflowException. */
  BufferOutput into(ByteBuffer newRoom) {
    room = newRoom;
    return this;
  }

  @Override
  public void write(int value) {
    room.put((byte) value);
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    room.put(bytes, from, length);
  }
}
