// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** For libraries that read streams: out of a buffer, from its position to its limit. */
final class BufferInput extends InputStream {
  private ByteBuffer message;

  /** What is read next comes from there. */
  BufferInput of(ByteBuffer newMessage) {
    message = newMessage;
    return this;
  }

  @Override
  public int read() {
    return message.hasRemaining() ? message.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int from, int length) {
    if (!message.hasRemaining()) {
      return length == 0 ? 0 : -1;
    }
    int part = Math.min(length, message.remaining());
    message.get(bytes, from, part);
    return part;
  }

  @Override
  public int available() {
    return message.remaining();
  }
}
