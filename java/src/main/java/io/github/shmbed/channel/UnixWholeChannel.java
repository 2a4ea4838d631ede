// SPDX-License-Identifier: Apache-2.0
// Channel unix-whole: as unix, and the payload follows the descriptor on the socket: the baseline
// without shared memory.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.SocketCalls;

/** The channel {@code unix-whole}. */
final class UnixWholeChannel extends UnixChannel implements PayloadChannel {
  private final NativeBuffer pieces = SocketCalls.twoPieces();

  UnixWholeChannel(ChannelContext context) {
    super(context, SocketCalls.SOCK_STREAM);
  }

  @Override
  public void open() {
    super.open();
    SocketCalls.sendTimeout(socket.descriptor(), sliceAtOpening(), context.spec());
  }

  @Override
  public void send(Descriptor descriptor, long address, long length) {
    descriptor.encode(sent.bytes(), 0);
    sendBoth(Descriptor.BYTES, address, length);
  }

  @Override
  public void sendPayload(long address, long length) {
    sendBoth(0, address, length);
  }

  /** What is left of the descriptor and of the payload, until both are whole. */
  private void sendBoth(int descriptorBytes, long address, long length) {
    long total = descriptorBytes + length;
    long done = 0;
    while (done < total) {
      long ofDescriptor = Math.min(done, descriptorBytes);
      long ofPayload = done - ofDescriptor;
      SocketCalls.putPiece(
          pieces, 0, sent.address() + ofDescriptor, descriptorBytes - ofDescriptor);
      SocketCalls.putPiece(pieces, 1, address + ofPayload, length - ofPayload);
      long n = SocketCalls.sendmsg(socket.descriptor(), pieces);
      if (n >= 0) {
        done += n;
      } else if (n == -Errno.EPIPE || n == -Errno.ECONNRESET) {
        throw context.closed("sendmsg");
      } else if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
        throw context.failure("sendmsg", (int) -n);
      }
      if (done < total && ChannelContext.passed(context.deadlineNs())) {
        throw context.timeout("sendmsg");
      }
    }
  }

  @Override
  public void receivePayload(long address, long length, long deadlineNs) {
    long done = 0;
    while (done < length) {
      done += receiveSome(address + done, length - done, 0, deadlineNs);
    }
  }
}
