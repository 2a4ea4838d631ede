// SPDX-License-Identifier: Apache-2.0
// Channel `futex`: the receiver sleeps on the low 4 bytes of the lane's `tail` (futex(2), shared between
// processes).
#include "channel.h"

#include "../clock.h"
#include "../error.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool futex_create(struct channel *channel)
{
    (void)channel; // the lanes are part of the segment
    return true;
}

static bool futex_send(struct channel *channel, const struct descriptor *descriptor)
{
    if (!lane_publish(&channel->out, descriptor))
        return channel_broken(channel, "lane", EPROTO, "more descriptors on the way than the lane holds");
    return syscall(SYS_futex, &channel->out.lane->tail, FUTEX_WAKE, INT_MAX, NULL, NULL, 0) != -1 ||
           channel_fail(channel, "futex", errno);
}

static bool futex_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    for (;;) {
        enum lane_state state = lane_consume(&channel->in, descriptor);
        if (state == LANE_TAKEN)
            return true;
        if (state == LANE_BROKEN)
            return channel_broken(channel, "lane", EPROTO, "the lane's counters do not fit");
        // Asleep only while tail is what this side has consumed; FUTEX_WAIT_BITSET takes an instant of
        // CLOCK_MONOTONIC.
        struct timespec until = timespec_of(channel_slice_end(deadline_ns));
        long result = syscall(SYS_futex, &channel->in.lane->tail, FUTEX_WAIT_BITSET,
                              (uint32_t)channel->in.done, &until, NULL, FUTEX_BITSET_MATCH_ANY);
        if (result == 0 || errno == EAGAIN || errno == EINTR)
            continue;
        if (errno != ETIMEDOUT)
            return channel_fail(channel, "futex", errno);
        if (channel_abandoned(channel, "futex"))
            return false;
        if (clock_ns() >= deadline_ns)
            return channel_timeout(channel, "futex");
    }
}

static void futex_close(struct channel *channel)
{
    (void)channel;
}

const struct channel_api futex_channel = {
    .name = "futex",
    .lanes = true,
    .block_bytes = channel_lanes_bytes,
    .create = futex_create,
    .open = futex_create,
    .send = futex_send,
    .receive = futex_receive,
    .arrived = channel_lane_arrived,
    .close = futex_close,
};
