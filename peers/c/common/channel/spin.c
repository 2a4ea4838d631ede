// SPDX-License-Identifier: Apache-2.0
// Channel `spin`: the receiver loads the lane's `tail` until it changes. It never sleeps: only for sides with
// a CPU each.
#include "channel.h"

#include "../clock.h"
#include "../error.h"

#include <errno.h>
#include <sched.h>

#define SPINS_PER_CLOCK 4096 // loads between two looks at the clock, some 100 us

static inline void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static bool spin_create(struct channel *channel)
{
    (void)channel; // the lanes are part of the segment
    return true;
}

static bool spin_send(struct channel *channel, const struct descriptor *descriptor)
{
    return lane_publish(&channel->out, descriptor) ||
           channel_broken(channel, "lane", EPROTO, "more descriptors on the way than the lane holds");
}

static bool spin_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    for (;;) {
        for (int spins = 0; spins < SPINS_PER_CLOCK; spins++) {
            enum lane_state state = lane_consume(&channel->in, descriptor);
            if (state == LANE_TAKEN)
                return true;
            if (state == LANE_BROKEN)
                return channel_broken(channel, "lane", EPROTO, "the lane's counters do not fit");
            relax();
        }
        if (channel_abandoned(channel, "spin"))
            return false;
        if (clock_ns() >= deadline_ns)
            return channel_timeout(channel, "spin");
        sched_yield(); // where both sides share a CPU, the other one may need it
    }
}

static void spin_close(struct channel *channel)
{
    (void)channel;
}

const struct channel_api spin_channel = {
    .name = "spin",
    .lanes = true,
    .block_bytes = channel_lanes_bytes,
    .create = spin_create,
    .open = spin_create,
    .send = spin_send,
    .receive = spin_receive,
    .arrived = channel_lane_arrived,
    .close = spin_close,
};
