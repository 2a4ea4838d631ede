// SPDX-License-Identifier: Apache-2.0
// Each message is due at a time of its own, counted from the first: one that is late does not shift the
// others.
#include "pace.h"

#include "clock.h"

void pace_begin(struct pace *pace, int64_t now_ns)
{
    pace->begun_ns = now_ns;
}

int64_t pace_due_ns(const struct pace *pace, uint64_t index)
{
    return pace->begun_ns + (int64_t)(index * (uint64_t)NS_PER_SECOND / pace->rate);
}

void pace_sent(struct pace *pace, uint64_t index, int64_t now_ns)
{
    const int64_t interval_ns = NS_PER_SECOND / (int64_t)pace->rate;
    if (pace->sent++ == 0)
        pace->first_ns = now_ns;
    pace->last_ns = now_ns;
    if (now_ns - pace_due_ns(pace, index) > interval_ns)
        pace->late++;
}

double pace_achieved(const struct pace *pace)
{
    return (double)(pace->sent - 1) * (double)NS_PER_SECOND / (double)(pace->last_ns - pace->first_ns);
}
