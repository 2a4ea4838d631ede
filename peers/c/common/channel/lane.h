// SPDX-License-Identifier: Apache-2.0
// A lane (the contract's section 8): descriptors in the segment, one direction, one producer, one consumer.
#ifndef SHMBED_LANE_H
#define SHMBED_LANE_H

#include "../descriptor.h"

#define LANE_SLOTS 64
#define LANE_SLOT_BYTES 64
#define LANE_BYTES 4352
#define LANES_BYTES (2 * LANE_BYTES) // the channel block: to the reader, then to the writer

struct lane {
    uint64_t tail; // published; stored with release by the producer. Its low 4 bytes are the futex word.
    unsigned char tail_line[120];
    uint64_t head; // consumed; stored with release by the consumer
    unsigned char head_line[120];
    struct {
        struct descriptor descriptor;
        unsigned char rest[LANE_SLOT_BYTES - DESCRIPTOR_BYTES];
    } slots[LANE_SLOTS];
};

static_assert(sizeof(struct lane) == LANE_BYTES, "lane");
static_assert(offsetof(struct lane, tail) == 0, "tail");
static_assert(offsetof(struct lane, head) == 128, "head");
static_assert(offsetof(struct lane, slots) == 256, "slots");

// One side of a lane. What this side has done it counts here, and never reads back from the segment.
struct lane_end {
    struct lane *lane;
    uint64_t done; // descriptors published or consumed by this side
};

// False: the lane is full, or the consumer's counter lies.
bool lane_publish(struct lane_end *end, const struct descriptor *descriptor);

// Whether lane_consume would not answer LANE_EMPTY.
bool lane_arrived(const struct lane_end *end);

enum lane_state { LANE_EMPTY, LANE_TAKEN, LANE_BROKEN };

// Copies the next descriptor out, if one is there. LANE_BROKEN: the producer's counter lies.
enum lane_state lane_consume(struct lane_end *end, struct descriptor *descriptor);

#endif
