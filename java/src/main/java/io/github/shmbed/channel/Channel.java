// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;

/**
 * Carries descriptors both ways between one writer and one reader (peers/CONTRACT.md, section 8).
 * Used by one thread; {@link #send} and {@link #receive} allocate nothing. Every method but {@code
 * close} and {@code unlink} throws {@code NativeCallException}: EPIPE when the peer went away,
 * ETIMEDOUT when the deadline passed, EPROTO or EBADMSG when the peer broke the channel's rules,
 * and what the calls themselves say.
 */
public interface Channel extends AutoCloseable {
  /** The writer makes the objects, before the segment becomes ready. */
  void create();

  /** Opens what the writer made, and meets the other side where the channel has connections. */
  void open();

  /** Sends a descriptor. What was written before is visible to who receives it. */
  void send(Descriptor descriptor);

  /**
   * Waits for a descriptor.
   *
   * @param into gets it
   * @param deadlineNs an instant of CLOCK_MONOTONIC
   */
  void receive(Descriptor into, long deadlineNs);

  /**
   * Takes a descriptor that has arrived, without waiting for one.
   *
   * @return false when none has
   */
  boolean receiveNow(Descriptor into);

  /**
   * Shows which way this side's messages took; null where a channel has nothing to show.
   *
   * @throws io.github.shmbed.layout.LayoutException where they took another one
   */
  default Proof proof() {
    return null;
  }

  /**
   * Removes the names of what this side has created; also done by {@link #close}. Harmless twice,
   * and from another thread.
   */
  void unlink();

  /** Closes what is open and removes what this side has created. A second time does nothing. */
  @Override
  void close();
}
