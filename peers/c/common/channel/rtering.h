// SPDX-License-Identifier: Apache-2.0
// The rings of channel `rtering` in the segment (the contract's section 8): our header, then DPDK's rte_ring,
// then, with 8-byte elements, a table of descriptors. The rte_ring's own offsets are here as numbers: what
// checks a ring needs no DPDK.
#ifndef SHMBED_CHANNEL_RTERING_H
#define SHMBED_CHANNEL_RTERING_H

#include "../../rtering/rtering.h"
#include "../descriptor.h"

#define RING_HEADER_BYTES 128
#define RING_VERSION 1
#define RING_SLOT_BYTES 64 // of the table
#define RING_COUNT_MIN 2
#define RING_COUNT_MAX 65536
#define RING_COUNT 64 // --channel rtering without count=N, and the ring to the writer

struct ring_header {
    char magic[8]; // RING_MAGIC
    uint32_t version;
    uint32_t line_bytes; // of the cache lines that the ring's parts lie in: 64 or 128
    uint32_t element_bytes;
    uint32_t count;
    uint32_t sync_type;   // RING_SYNC_MT or RING_SYNC_ST
    uint32_t table_slots; // 0: no table
    uint64_t ring_bytes;  // as rte_ring_get_memsize_elem says
    unsigned char reserved[88];
};

static_assert(sizeof(struct ring_header) == RING_HEADER_BYTES, "ring_header");
static_assert(offsetof(struct ring_header, line_bytes) == 12, "line_bytes");
static_assert(offsetof(struct ring_header, sync_type) == 24, "sync_type");
static_assert(offsetof(struct ring_header, ring_bytes) == 32, "ring_bytes");

enum { RING_SYNC_MT = 0, RING_SYNC_ST = 1 };

// A SPEC's words.
struct ring_words {
    bool multi, index;
    uint32_t count, start; // of the ring to the reader; start of both
};

// What is wrong with the words after `rtering:`, or NULL.
const char *ring_words_parse(const char *address, struct ring_words *words);

// One side of a ring.
struct ring_end {
    struct rtering ring;
    unsigned char *table; // NULL: descriptors lie in the ring itself
    uint64_t done;        // elements enqueued by this side
};

// The name of the first rule that a ring breaks, NULL if it is sound. `header` and `ring` are copies: of the
// 128 bytes before it, and of its first 6 * 128.
const char *ring_check(const struct ring_header *header, const unsigned char *ring,
                       const struct rtering *wanted, bool index);

#endif
