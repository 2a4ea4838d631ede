// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.skmsg;

import java.nio.ByteBuffer;

/**
 * What a peer asks a manager for: 16 bytes in the machine's order.
 *
 * @param operation one of the constants, or something that the manager refuses
 * @param key a socket's own end
 */
record SkmsgRequest(int operation, long key) {
  static final int BYTES = 16;

  static final int JOIN = 1;
  static final int PUT = 2;
  static final int TAKE = 3;
  static final int SEEK = 4;
  static final int COUNT = 5;
  static final int STATUS = 6;
  static final int DOWN = 7;

  /** "SKM1". */
  static final int MAGIC = 0x314d4b53;

  static void put(ByteBuffer bytes, int operation, long key) {
    bytes.putInt(0, MAGIC).putInt(4, operation).putLong(8, key);
  }

  /** Null when it is none. */
  static SkmsgRequest of(ByteBuffer bytes) {
    return bytes.getInt(0) == MAGIC ? new SkmsgRequest(bytes.getInt(4), bytes.getLong(8)) : null;
  }
}
