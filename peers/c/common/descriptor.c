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

const char *descriptor_check(const struct descriptor *descriptor, const struct header *header,
                             uint64_t last_seq, int *number)
{
    const char *rule = check_order(descriptor, header, last_seq, number);
    if (rule != NULL)
        return rule;
    const uint64_t size = header->segment_size;
    if (descriptor->offset > size || descriptor->length > size - descriptor->offset)
        return "DESCRIPTOR_BOUNDS";
    if (descriptor->offset < header->payload_offset || descriptor->length > header->slot_size)
        return "DESCRIPTOR_BOUNDS"; // no message is longer than a slot
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
