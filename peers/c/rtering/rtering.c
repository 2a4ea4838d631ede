// SPDX-License-Identifier: Apache-2.0
// The library librtering.so. Not stopped by a lie in a ring that is told between the look and the call:
// rte_ring reads its mask from the shared memory each time, and so all who share a ring must be trusted
// (docs/channels.md).
#include "rtering.h"

#include <errno.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <rte_version.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT void rtering_layout(uint32_t layout[RTERING_LAYOUT_FIELDS])
{
    const size_t offsets[RTERING_LAYOUT_FIELDS] = {
        offsetof(struct rte_ring, flags),
        offsetof(struct rte_ring, memzone),
        offsetof(struct rte_ring, size),
        offsetof(struct rte_ring, mask),
        offsetof(struct rte_ring, capacity),
        offsetof(struct rte_ring, prod.head),
        offsetof(struct rte_ring, prod.tail),
        offsetof(struct rte_ring, prod.sync_type),
        offsetof(struct rte_ring, cons.head),
        offsetof(struct rte_ring, cons.tail),
        offsetof(struct rte_ring, cons.sync_type),
        sizeof(struct rte_ring),
        RTE_CACHE_LINE_SIZE,
    };
    for (int i = 0; i < RTERING_LAYOUT_FIELDS; i++)
        layout[i] = (uint32_t)offsets[i];
}

EXPORT const char *rtering_version(void)
{
    static char version[40];
    snprintf(version, sizeof version, "DPDK %d.%02d.%d", RTE_VER_YEAR, RTE_VER_MONTH, RTE_VER_MINOR);
    return version;
}

EXPORT int64_t rtering_bytes(const struct rtering *ring)
{
    return rte_ring_get_memsize_elem(ring->element_bytes, ring->count);
}

EXPORT int rtering_create(const struct rtering *ring, const char *name, uint32_t start)
{
    struct rte_ring *shared = ring->ring;
    int result = rte_ring_init(shared, name, ring->count, ring->multi ? 0 : RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (result != 0)
        return -result;
    shared->prod.head = shared->prod.tail = shared->cons.head = shared->cons.tail = start;
    return 0;
}

// Whether the ring is still the one that this side opened. On the cache line that the call reads anyway.
static inline bool is_sound(const struct rtering *ring)
{
    const struct rte_ring *shared = ring->ring;
    return shared->size == ring->count && shared->mask == ring->count - 1 &&
           shared->capacity == ring->count - 1;
}

static inline uint32_t load(const volatile uint32_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

// MP/MC: rte_ring spins, without a deadline, until those before it have moved the tail; the caller has a
// deadline.
static inline bool is_busy(const volatile uint32_t *head, const volatile uint32_t *tail)
{
    uint32_t done = load(tail);
    return load(head) != done;
}

// Whether no more elements are between this side's head and the other side's tail than the ring holds.
// `ahead`: the other side's counter is the larger one. A head that moves meanwhile is another one at work.
static inline bool counters_fit(const struct rtering *ring, const volatile uint32_t *head,
                                const volatile uint32_t *tail, bool ahead)
{
    const uint32_t mine = load(head), theirs = load(tail);
    return (ahead ? theirs - mine : mine - theirs) <= ring->count - 1 || load(head) != mine;
}

EXPORT int rtering_enqueue(const struct rtering *ring, const void *element)
{
    struct rte_ring *shared = ring->ring;
    if (!is_sound(ring))
        return EPROTO;
    if (ring->multi && is_busy(&shared->prod.head, &shared->prod.tail))
        return EAGAIN;
    if (!counters_fit(ring, &shared->prod.head, &shared->cons.tail, false))
        return EPROTO;
    int result;
    if (ring->element_bytes == 8)
        result = ring->multi ? rte_ring_mp_enqueue_elem(shared, (void *)(uintptr_t)element, 8)
                             : rte_ring_sp_enqueue_elem(shared, (void *)(uintptr_t)element, 8);
    else
        result = ring->multi ? rte_ring_mp_enqueue_elem(shared, (void *)(uintptr_t)element, 48)
                             : rte_ring_sp_enqueue_elem(shared, (void *)(uintptr_t)element, 48);
    return result == 0 ? 0 : EAGAIN;
}

EXPORT int rtering_dequeue(const struct rtering *ring, void *element)
{
    struct rte_ring *shared = ring->ring;
    if (!is_sound(ring))
        return EPROTO;
    if (ring->multi && is_busy(&shared->cons.head, &shared->cons.tail))
        return EAGAIN;
    if (!counters_fit(ring, &shared->cons.head, &shared->prod.tail, true))
        return EPROTO;
    int result;
    if (ring->element_bytes == 8)
        result = ring->multi ? rte_ring_mc_dequeue_elem(shared, element, 8)
                             : rte_ring_sc_dequeue_elem(shared, element, 8);
    else
        result = ring->multi ? rte_ring_mc_dequeue_elem(shared, element, 48)
                             : rte_ring_sc_dequeue_elem(shared, element, 48);
    return result == 0 ? 0 : EAGAIN;
}
