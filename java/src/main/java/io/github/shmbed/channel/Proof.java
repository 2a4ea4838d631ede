// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.channel;

/**
 * What a channel can show of the way its messages took (peers/CONTRACT.md, section 8).
 *
 * @param sent messages of this side
 * @param received messages of the other side
 * @param runs how often the kernel ran the channel's program for this side
 * @param redirected messages that it put into the other side's receive queue
 * @param dropped messages that it dropped
 * @param tcpSegmentsOut segments with data that went through TCP
 * @param mostOnTheWay descriptors of this side that were sent and not taken, at most
 */
public record Proof(
    long sent,
    long received,
    long runs,
    long redirected,
    long dropped,
    long tcpSegmentsOut,
    long mostOnTheWay) {}
