// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;

/**
 * A channel that carries the payload too: the baseline without shared memory. Addresses are of
 * memory outside the heap.
 */
public interface PayloadChannel extends Channel {
  /**
   * Sends a descriptor and the beginning of its payload, in one call where the kernel takes both
   * whole.
   */
  void send(Descriptor descriptor, long address, long length);

  /** Sends more of the payload. */
  void sendPayload(long address, long length);

  /** Waits until that much of the payload has come. */
  void receivePayload(long address, long length, long deadlineNs);
}
