// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.codec;

import java.util.List;

/** The list of codecs; a new one joins here. */
public final class Codecs {
  /** All names. */
  public static final List<String> NAMES =
      List.of(
          RawCodec.NAME,
          StructCodec.NAME,
          JsonCodec.NAME,
          MsgpackCodec.NAME,
          CborCodec.NAME,
          ProtobufCodec.NAME,
          FlatBuffersCodec.NAME);

  private Codecs() {}

  /**
   * A codec of that name.
   *
   * @throws IllegalArgumentException for a name that is not in {@link #NAMES}
   * @throws NoClassDefFoundError when its library is not on the class path
   */
  public static Codec make(String name) {
    switch (name) {
      case RawCodec.NAME:
        return new RawCodec();
      case StructCodec.NAME:
        return new StructCodec();
      case JsonCodec.NAME:
        return new JsonCodec();
      case MsgpackCodec.NAME:
        return new MsgpackCodec();
      case CborCodec.NAME:
        return new CborCodec();
      case ProtobufCodec.NAME:
        return new ProtobufCodec();
      case FlatBuffersCodec.NAME:
        return new FlatBuffersCodec();
      default:
        throw new IllegalArgumentException(name);
    }
  }
}
