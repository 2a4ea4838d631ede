// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

/** Turns a message into the bytes that go into a segment, and back. Stateless. */
public interface Codec {
  /** The codec's name in {@code --codec}. */
  String name();

  /** The bytes for the segment. */
  byte[] encode(byte[] message);

  /** The message of these bytes. */
  byte[] decode(byte[] encoded);
}
