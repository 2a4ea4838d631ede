// SPDX-License-Identifier: Apache-2.0
// The messages of a framed exchange: the payload file cut into pieces of one size, each with its
// CRC.
package io.github.shmbed.peer;

import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Message i is piece {@code i % distinct} of the file. A file of up to {@link #partBytes} is kept
 * in memory; of a larger one the part that is asked for is read again each time, so that a message
 * may be larger than a Java array, or than the heap. What that takes lies in no stage.
 */
final class Messages implements AutoCloseable {
  private static final int MAX_PART_BYTES = 1 << 30;
  private static final int HEAP_SHARE = 4; // an array wants that much of the heap in one piece

  private final FileChannel file;
  private final long sizeBytes;
  private final long distinct;
  private final byte[] part;
  private final boolean inMemory;
  private final NativeBuffer outside; // the part once more, outside the heap; null unless asked for
  private final int[] crcs;

  /**
   * Opens the file and computes the CRCs, if they are wanted.
   *
   * @param outsideTheHeap whether {@link #address} is needed
   * @throws LayoutException EINVAL when the file's length is no multiple of the messages' size
   */
  Messages(Options options, boolean outsideTheHeap) throws IOException {
    Path path = options.payload();
    file = FileChannel.open(path, StandardOpenOption.READ);
    long length = file.size();
    sizeBytes = options.messageSizeBytes() < 0 ? length : options.messageSizeBytes();
    boolean fits = sizeBytes == 0 ? length == 0 : length > 0 && length % sizeBytes == 0;
    if (!fits) {
      file.close();
      throw new LayoutException(
          "header",
          path.toString(),
          Errno.EINVAL,
          "MESSAGE_SIZE",
          "its " + length + " bytes are no multiple of --message-size " + sizeBytes);
    }
    distinct = sizeBytes == 0 ? 1 : length / sizeBytes;
    inMemory = length <= partBytes();
    part = new byte[(int) Math.min(inMemory ? length : sizeBytes, partBytes())];
    outside = outsideTheHeap ? new NativeBuffer(part.length) : null;
    if (inMemory) {
      read(0, part.length);
    }
    crcs = new int[options.verify() ? Math.toIntExact(distinct) : 0];
    computeCrcs();
  }

  /** Messages up to this size are copied in one piece; the rest in parts of it. */
  static int partBytes() {
    return (int) Math.min(MAX_PART_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
  }

  /** Bytes per message. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** CRC-32C of a message; 0 if they are not wanted. */
  int crc(long index) {
    return crcs.length == 0 ? 0 : crcs[(int) (index % distinct)];
  }

  /**
   * Makes a part of a message ready in {@link #bytes}.
   *
   * @param done how much of the message came before
   * @return the part's length, 0 at the message's end
   */
  int load(long index, long done) throws IOException {
    int length = (int) Math.min(sizeBytes - done, part.length);
    if (!inMemory && length > 0) {
      read(index % distinct * sizeBytes + done, length);
    }
    return length;
  }

  /** Holds the part that was made ready, at {@link #from}. */
  byte[] bytes() {
    return part;
  }

  /** Where in {@link #bytes} the message's part begins. */
  int from(long index, long done) {
    return inMemory ? (int) (index % distinct * sizeBytes + done) : 0;
  }

  /** Where outside the heap the message's part begins. */
  long address(long index, long done) {
    return outside.address() + from(index, done);
  }

  private void read(long position, int length) throws IOException {
    ByteBuffer into = ByteBuffer.wrap(part, 0, length);
    while (into.hasRemaining()) {
      if (file.read(into, position + into.position()) < 0) {
        throw new EOFException("the payload file has become shorter meanwhile");
      }
    }
    if (outside != null) {
      outside.bytes().put(0, part, 0, length);
    }
  }

  private void computeCrcs() throws IOException {
    CRC32C crc = new CRC32C();
    for (int i = 0; i < crcs.length; i++) {
      crc.reset();
      for (long done = 0; done < sizeBytes; ) {
        int length = load(i, done);
        crc.update(part, from(i, done), length);
        done += length;
      }
      crcs[i] = (int) crc.getValue();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
