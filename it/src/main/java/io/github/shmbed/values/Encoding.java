// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.values;

import java.util.Optional;

/**
 * The messages that values must become in a codec in which equal values are equal bytes
 * (peers/CONTRACT.md, section 10). Made from the schema alone, with no codec's library: it is what
 * the peers' messages are compared with.
 */
public interface Encoding {
  /** The messages of images that lie one after the other, likewise. */
  byte[] messages(String shape, byte[] images);

  /** The encoding of a codec; empty where equal values may be other bytes. */
  static Optional<Encoding> of(Schema schema, String codec) {
    return switch (codec) {
      case "raw", "struct" -> Optional.of((shape, images) -> images);
      case "msgpack" -> Optional.of(new MsgpackEncoding(schema));
      case "cbor" -> Optional.of(new CborEncoding(schema));
      case "protobuf" -> Optional.of(new ProtobufEncoding(schema));
      default -> Optional.empty();
    };
  }
}
