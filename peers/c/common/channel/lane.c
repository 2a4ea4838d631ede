// SPDX-License-Identifier: Apache-2.0
// Acquire and release pair as C11 defines them: who sees the counter sees the slot, and the payload written
// before it.
#include "lane.h"

#include <string.h>

bool lane_publish(struct lane_end *end, const struct descriptor *descriptor)
{
    struct lane *lane = end->lane;
    uint64_t head = __atomic_load_n(&lane->head, __ATOMIC_ACQUIRE);
    if (end->done - head >= LANE_SLOTS)
        return false;
    memcpy(&lane->slots[end->done % LANE_SLOTS].descriptor, descriptor, sizeof *descriptor);
    end->done++;
    __atomic_store_n(&lane->tail, end->done, __ATOMIC_RELEASE);
    return true;
}

bool lane_arrived(const struct lane_end *end)
{
    return __atomic_load_n(&end->lane->tail, __ATOMIC_ACQUIRE) != end->done;
}

enum lane_state lane_consume(struct lane_end *end, struct descriptor *descriptor)
{
    struct lane *lane = end->lane;
    uint64_t published = __atomic_load_n(&lane->tail, __ATOMIC_ACQUIRE) - end->done;
    if (published == 0)
        return LANE_EMPTY;
    if (published > LANE_SLOTS)
        return LANE_BROKEN;
    memcpy(descriptor, &lane->slots[end->done % LANE_SLOTS].descriptor, sizeof *descriptor);
    end->done++;
    __atomic_store_n(&lane->head, end->done, __ATOMIC_RELEASE);
    return LANE_TAKEN;
}
