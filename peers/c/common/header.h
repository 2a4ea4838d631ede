// SPDX-License-Identifier: Apache-2.0
// The header of the framed layout (the contract's section 7): 128 bytes at the start of the segment.
#ifndef SHMBED_HEADER_H
#define SHMBED_HEADER_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the fields are used as they lie in the segment");

#define HEADER_BYTES 128
#define HEADER_ALIGN                                                                                         \
    128 // what the two sides write lies in different cache lines, also where they are fetched in pairs
#define HEADER_VERSION 1
#define SLOT_COUNT_MAX 8 // --window

enum state { STATE_INIT = 0, STATE_READY = 1, STATE_CLOSED = 2 };

struct header {
    char magic[6]; // HEADER_MAGIC, without a NUL
    uint16_t version;
    uint32_t header_size;
    uint32_t flags;
    uint64_t segment_size; // bytes, the whole object
    uint64_t generation;   // random, not 0, new for every creation
    uint64_t creator_pid;
    uint64_t creator_start_time; // clock ticks after boot, proc(5)
    unsigned char boot_id[16];
    uint64_t state;    // enum state; stored last, with release
    uint64_t sequence; // newest message; stored with release before it is sent
    uint64_t channel_offset;
    uint64_t payload_offset;
    uint64_t slot_size;
    uint64_t slot_count;
    unsigned char reserved[16];
};

static_assert(sizeof(struct header) == HEADER_BYTES, "header");
static_assert(offsetof(struct header, magic) == 0, "magic");
static_assert(offsetof(struct header, version) == 6, "version");
static_assert(offsetof(struct header, header_size) == 8, "header_size");
static_assert(offsetof(struct header, flags) == 12, "flags");
static_assert(offsetof(struct header, segment_size) == 16, "segment_size");
static_assert(offsetof(struct header, generation) == 24, "generation");
static_assert(offsetof(struct header, creator_pid) == 32, "creator_pid");
static_assert(offsetof(struct header, creator_start_time) == 40, "creator_start_time");
static_assert(offsetof(struct header, boot_id) == 48, "boot_id");
static_assert(offsetof(struct header, state) == 64, "state");
static_assert(offsetof(struct header, sequence) == 72, "sequence");
static_assert(offsetof(struct header, channel_offset) == 80, "channel_offset");
static_assert(offsetof(struct header, payload_offset) == 88, "payload_offset");
static_assert(offsetof(struct header, slot_size) == 96, "slot_size");
static_assert(offsetof(struct header, slot_count) == 104, "slot_count");
static_assert(offsetof(struct header, reserved) == 112, "reserved");

// Places a channel block (if `channel_bytes` is not 0) and `slot_count` slots of at least `message_size`
// bytes behind the header, in a segment of just the size that takes. Sets the four offsets and segment_size;
// message_size is at most 2^46, slot_count at most 8.
void header_plan(struct header *header, uint64_t message_size, uint64_t slot_count, uint64_t channel_bytes);

// Sets everything else but state and sequence: a new generation, and who this process is. False with errno:
// no random number.
bool header_sign(struct header *header);

// The name of the first rule that a header (a copy of it) breaks, NULL if it is sound. `real_size` is that of
// the object; `channel_bytes` not 0: a channel block of that size must be there. No sum or product here can
// wrap.
const char *header_check(const struct header *header, uint64_t real_size, uint64_t channel_bytes);

// Where message `seq` (from 1) lies.
uint64_t header_slot_offset(const struct header *header, uint64_t seq);

#endif
