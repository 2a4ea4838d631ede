// SPDX-License-Identifier: Apache-2.0
// Values in memory are their own images: only counts and lengths have to be checked.
#include "shape.h"

#include <stdlib.h>
#include <string.h>

const char *const shape_names[SHAPE_COUNT] = {NULL, "record", "telemetry", "tensor"};

size_t shape_image_bytes(enum shape shape)
{
    switch (shape) {
    case SHAPE_RECORD:
        return sizeof(struct record);
    case SHAPE_TELEMETRY:
        return sizeof(struct telemetry);
    case SHAPE_TENSOR:
        return sizeof(struct tensor) + TENSOR_DATA_BYTES;
    default:
        return 0;
    }
}

static bool texts_fit(const struct values *values)
{
    for (size_t i = 0; i < values->count; i++)
        if (values->records[i].note.length > TEXT_BYTES_MAX)
            return false;
    return values->tensor == NULL || values->tensor->name.length <= TEXT_BYTES_MAX;
}

const char *values_of_image(struct values *values, enum shape shape, unsigned char *image)
{
    struct telemetry *telemetry = (struct telemetry *)image;
    *values = (struct values){.shape = shape, .image = image};
    switch (shape) {
    case SHAPE_RECORD:
        values->records = (struct record *)image;
        values->count = 1;
        break;
    case SHAPE_TELEMETRY:
        if (telemetry->count != TELEMETRY_RECORDS)
            return "a telemetry image has 1000 records";
        values->records = telemetry->records;
        values->count = TELEMETRY_RECORDS;
        break;
    default:
        values->tensor = (struct tensor *)image;
        values->data = image + sizeof(struct tensor);
        if (values->tensor->rows != TENSOR_ROWS || values->tensor->columns != TENSOR_COLUMNS)
            return "a tensor image has 512 rows and 512 columns";
    }
    return texts_fit(values) ? NULL : "a text in an image has 24 bytes at most";
}

bool values_new(struct values *values, enum shape shape)
{
    *values = (struct values){.shape = shape};
    if (shape == SHAPE_TENSOR) {
        values->tensor = calloc(1, sizeof *values->tensor);
        return values->tensor != NULL;
    }
    values->count = shape == SHAPE_TELEMETRY ? TELEMETRY_RECORDS : 1;
    values->records = malloc(values->count * sizeof *values->records);
    if (values->records != NULL)
        memset(values->records, 0, values->count * sizeof *values->records);
    return values->records != NULL;
}

void values_free(struct values *values)
{
    free(values->records);
    free(values->tensor);
    *values = (struct values){0};
}

int values_image(const struct values *values, struct part parts[2])
{
    static const uint64_t telemetry_count = TELEMETRY_RECORDS;
    if (values->image != NULL) {
        parts[0] = (struct part){values->image, shape_image_bytes(values->shape)};
        return 1;
    }
    switch (values->shape) {
    case SHAPE_TENSOR:
        parts[0] = (struct part){values->tensor, sizeof *values->tensor};
        parts[1] = (struct part){values->data, TENSOR_DATA_BYTES};
        return 2;
    case SHAPE_TELEMETRY:
        parts[0] = (struct part){&telemetry_count, sizeof telemetry_count};
        parts[1] = (struct part){values->records, values->count * sizeof *values->records};
        return 2;
    default:
        parts[0] = (struct part){values->records, sizeof *values->records};
        return 1;
    }
}

bool text_set(struct text *text, const void *bytes, size_t length)
{
    if (length > TEXT_BYTES_MAX)
        return false;
    memset(text->bytes, 0, TEXT_BYTES_MAX);
    if (length > 0) // an empty text may have no address
        memcpy(text->bytes, bytes, length);
    text->length = (uint32_t)length;
    return true;
}
