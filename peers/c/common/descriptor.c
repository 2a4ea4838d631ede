// SPDX-License-Identifier: Apache-2.0
// Nothing in a descriptor is trusted: unsigned arithmetic, no sum that could wrap.
#include "descriptor.h"

#include <errno.h>

static const char *check_order(const struct descriptor *descriptor, const struct header *header,
                               uint64_t last_seq, int *number)
{
    *number = ESTALE;
    if (descriptor->generation != header->generation)
        return "STALE_GENERATION";
    *number = EBADMSG;
    if (descriptor->seq <= last_seq)
        return "SEQUENCE_REPEATED";
    if (descriptor->seq - last_seq > 1)
        return "SEQUENCE_GAP";
    return NULL;
}

// A message in the segment lies in a slot; one that follows on the channel has no place, and is as long as a
// slot at most.
static bool in_bounds(const struct descriptor *descriptor, const struct header *header, bool whole)
{
    const uint64_t size = header->segment_size;
    if (descriptor->length > header->slot_size)
        return false; // no message is longer than a slot
    if (whole)
        return descriptor->offset == 0;
    return descriptor->offset <= size && descriptor->length <= size - descriptor->offset &&
           descriptor->offset >= header->payload_offset;
}

const char *descriptor_check(const struct descriptor *descriptor, const struct header *header,
                             uint64_t last_seq, bool whole, int *number)
{
    const char *rule = check_order(descriptor, header, last_seq, number);
    if (rule != NULL)
        return rule;
    if (!in_bounds(descriptor, header, whole))
        return "DESCRIPTOR_BOUNDS";
    if ((descriptor->flags & ~FLAG_CRC32C) != 0)
        return "DESCRIPTOR_FLAGS"; // an acknowledgement, too, is nothing to read
    return NULL;
}

const char *acknowledgement_check(const struct descriptor *descriptor, const struct header *header,
                                  uint64_t last_seq, int *number)
{
    const char *rule = check_order(descriptor, header, last_seq, number);
    if (rule != NULL)
        return rule;
    if ((descriptor->flags & ~FLAG_CRC32C) != FLAG_ACKNOWLEDGEMENT)
        return "DESCRIPTOR_FLAGS";
    return NULL;
}
