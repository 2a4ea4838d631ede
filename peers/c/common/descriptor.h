// SPDX-License-Identifier: Apache-2.0
// The descriptor (the contract's section 7): the 48 bytes that tell the reader where a message lies.
#ifndef SHMBED_DESCRIPTOR_H
#define SHMBED_DESCRIPTOR_H

#include "header.h"

#define DESCRIPTOR_BYTES 48
#define FLAG_CRC32C 1u          // crc32c is valid
#define FLAG_ACKNOWLEDGEMENT 2u // from the reader to the writer

struct descriptor {
    uint64_t seq;        // from 1, over warm-up and measured messages
    uint64_t offset;     // from the start of the segment
    uint64_t length;     // bytes
    uint64_t generation; // of the segment it points into
    int64_t sent_ns;     // CLOCK_MONOTONIC just before sending
    uint32_t crc32c;     // of the payload
    uint32_t flags;
};

static_assert(sizeof(struct descriptor) == DESCRIPTOR_BYTES, "descriptor");
static_assert(offsetof(struct descriptor, seq) == 0, "seq");
static_assert(offsetof(struct descriptor, offset) == 8, "offset");
static_assert(offsetof(struct descriptor, length) == 16, "length");
static_assert(offsetof(struct descriptor, generation) == 24, "generation");
static_assert(offsetof(struct descriptor, sent_ns) == 32, "sent_ns");
static_assert(offsetof(struct descriptor, crc32c) == 40, "crc32c");
static_assert(offsetof(struct descriptor, flags) == 44, "flags");

// The name of the first rule that a message's descriptor (a copy of it) breaks, NULL if the payload may be
// touched. `last_seq` is that of the message before; `whole`: the payload follows on the channel. *number:
// the errno that goes with it.
const char *descriptor_check(const struct descriptor *descriptor, const struct header *header,
                             uint64_t last_seq, bool whole, int *number);

// The same for an acknowledgement, which points to nothing: generation, seq and the flag.
const char *acknowledgement_check(const struct descriptor *descriptor, const struct header *header,
                                  uint64_t last_seq, int *number);

#endif
