// SPDX-License-Identifier: Apache-2.0
// raw: the image as it is. What the others are measured against: one copy in, none out, and nothing is looked
// at.
#include "codec.h"

#include <string.h>

static const char *encode(const struct values *values, struct room *room)
{
    const size_t length = shape_image_bytes(values->shape);
    if (room->capacity < length)
        return no_room;
    memcpy(room->bytes, values->image, length);
    room->begin = 0;
    room->length = length;
    return NULL;
}

static const char *decode(const unsigned char *bytes, size_t length, struct values *values,
                          struct decoding *decoding)
{
    (void)decoding;
    if (length != shape_image_bytes(values->shape))
        return "it has not the image's length";
    values->image = bytes;
    return NULL;
}

const struct codec raw_codec = {.name = "raw", .encode = encode, .decode = decode};
