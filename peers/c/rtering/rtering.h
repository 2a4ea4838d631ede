// SPDX-License-Identifier: Apache-2.0
// DPDK's rte_ring behind plain functions: its enqueue and dequeue are inline, so that a program that was
// built without DPDK, or is not C, cannot call them. Nothing else here links to DPDK.
#ifndef SHMBED_RTERING_H
#define SHMBED_RTERING_H

#include <stdint.h>

// A ring in memory that processes share. Private to this process: the functions believe these numbers, not
// those in the ring.
struct rtering {
    void *ring;             // a multiple of 128 bytes
    uint32_t count;         // slots, a power of two; it holds count - 1 elements
    uint32_t element_bytes; // 8 or 48
    uint32_t multi;         // 0: one producer, one consumer (SP/SC); 1: any number of each (MP/MC)
};

// Offsets and sizes in bytes, by offsetof and sizeof, in the order of the contract's table: flags, memzone,
// size, mask, capacity; prod's head, tail, sync_type; cons' head, tail, sync_type; the first element; a cache
// line.
#define RTERING_LAYOUT_FIELDS 13
void rtering_layout(uint32_t layout[RTERING_LAYOUT_FIELDS]);

// `DPDK 22.11.0`, as of the headers it was built with.
const char *rtering_version(void);

// Bytes that rte_ring_get_memsize_elem wants for ring->count elements; negative: an errno.
int64_t rtering_bytes(const struct rtering *ring);

// rte_ring_init on ring->ring, which is all zero; then head and tail of both sides begin at `start`. 0, or an
// errno.
int rtering_create(const struct rtering *ring, const char *name, uint32_t start);

// Never wait. 0: done. EAGAIN: full (enqueue), empty (dequeue), or another one is between its head and its
// tail. EPROTO: the ring's numbers do not fit.
int rtering_enqueue(const struct rtering *ring, const void *element);
int rtering_dequeue(const struct rtering *ring, void *element);

#endif
