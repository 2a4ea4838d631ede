// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.skmsg;

import java.nio.ByteBuffer;

/**
 * What a manager answers: 40 bytes in the machine's order.
 *
 * @param errno 0: done
 * @param counts of the joined socket; of all in the reply to status
 * @param sockets in the maps, those of the pins' users too; only in the reply to status
 * @param pinned likewise: whether there are pins
 */
record SkmsgReply(int errno, SkmsgCounts counts, int sockets, boolean pinned) {
  static final int BYTES = 40;

  static SkmsgReply of(int errno) {
    return new SkmsgReply(errno, SkmsgCounts.NONE, 0, false);
  }

  void put(ByteBuffer bytes) {
    bytes.putInt(0, SkmsgRequest.MAGIC).putInt(4, errno);
    bytes.putLong(8, counts.runs()).putLong(16, counts.redirected()).putLong(24, counts.dropped());
    bytes.putInt(32, sockets).putInt(36, pinned ? 1 : 0);
  }

  /** Null when it is none. */
  static SkmsgReply of(ByteBuffer bytes) {
    return bytes.getInt(0) != SkmsgRequest.MAGIC
        ? null
        : new SkmsgReply(
            bytes.getInt(4),
            new SkmsgCounts(bytes.getLong(8), bytes.getLong(16), bytes.getLong(24)),
            bytes.getInt(32),
            bytes.getInt(36) != 0);
  }
}
