// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

/** The bytes as they are: encoding and decoding cost nothing. */
public final class RawCodec implements Codec {
  public static final String NAME = "raw";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte[] encode(byte[] message) {
    return message;
  }

  @Override
  public byte[] decode(byte[] encoded) {
    return encoded;
  }
}
