// SPDX-License-Identifier: Apache-2.0
// struct: fixed little-endian records. They are the image, but each value is set and taken by itself.
#include "codec.h"

#include <string.h>

static const char *encode(const struct values *values, struct room *room)
{
    const size_t length = shape_image_bytes(values->shape);
    if (room->capacity < length)
        return no_room;
    unsigned char *to = room->bytes;
    switch (values->shape) {
    case SHAPE_TENSOR:
        memcpy(to, values->tensor, sizeof *values->tensor);
        memcpy(to + sizeof *values->tensor, values->data, TENSOR_DATA_BYTES);
        break;
    case SHAPE_TELEMETRY:
        memcpy(to, &(uint64_t){values->count}, sizeof(uint64_t));
        memcpy(to + sizeof(uint64_t), values->records, values->count * sizeof *values->records);
        break;
    default:
        memcpy(to, values->records, sizeof *values->records);
    }
    room->begin = 0;
    room->length = length;
    return NULL;
}

// A text that was copied out: its length is one, and nothing lies behind it.
static bool text_is_sound(const struct text *text)
{
    static const char zeros[TEXT_BYTES_MAX];
    return text->length <= TEXT_BYTES_MAX &&
           memcmp(text->bytes + text->length, zeros, TEXT_BYTES_MAX - text->length) == 0;
}

static const char *decode_tensor(const unsigned char *bytes, struct values *values)
{
    struct tensor *tensor = values->tensor;
    memcpy(tensor, bytes, sizeof *tensor);
    memset(tensor->reserved, 0, sizeof tensor->reserved);
    values->data = bytes + sizeof *tensor;
    if (tensor->rows != TENSOR_ROWS || tensor->columns != TENSOR_COLUMNS)
        return "the tensor has another form";
    return text_is_sound(&tensor->name) ? NULL : "the tensor's name is no text";
}

static const char *decode_records(const unsigned char *bytes, struct values *values)
{
    for (size_t i = 0; i < values->count; i++, bytes += sizeof(struct record)) {
        memcpy(&values->records[i], bytes, sizeof(struct record));
        if (!text_is_sound(&values->records[i].note))
            return "a record's note is no text";
    }
    return NULL;
}

static const char *decode(const unsigned char *bytes, size_t length, struct values *values,
                          struct decoding *decoding)
{
    (void)decoding;
    if (length != shape_image_bytes(values->shape))
        return "it has not the shape's length";
    if (values->shape == SHAPE_TENSOR)
        return decode_tensor(bytes, values);
    if (values->shape == SHAPE_RECORD)
        return decode_records(bytes, values);
    uint64_t count;
    memcpy(&count, bytes, sizeof count);
    return count == TELEMETRY_RECORDS ? decode_records(bytes + sizeof count, values)
                                      : "it has another number of records";
}

const struct codec struct_codec = {.name = "struct", .encode = encode, .decode = decode};
