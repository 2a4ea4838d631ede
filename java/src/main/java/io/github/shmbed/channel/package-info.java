// SPDX-License-Identifier: Apache-2.0
/**
 * How the writer tells the reader where the data is: {@link io.github.shmbed.channel.Channel}, one
 * class per channel, and {@link io.github.shmbed.channel.ChannelKind}, the list of them.
 *
 * <p>Depends on {@code layout}, {@code segment}, {@code skmsg} and {@code libc}. Failures are
 * {@code NativeCallException}s that name the channel's SPEC; a peer that went away is EPIPE, a
 * deadline that passed ETIMEDOUT.
 */
package io.github.shmbed.channel;
