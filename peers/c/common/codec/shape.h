// SPDX-License-Identifier: Apache-2.0
// The values of the contract's section 10, as this program has them in memory: the layout of
// peers/schema/shapes.json.
#ifndef SHMBED_SHAPE_H
#define SHMBED_SHAPE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_BYTES_MAX 24
#define TELEMETRY_RECORDS 1000
#define TENSOR_ROWS 512
#define TENSOR_COLUMNS 512
#define TENSOR_DATA_BYTES (TENSOR_ROWS * TENSOR_COLUMNS * sizeof(float))

enum shape { SHAPE_NONE, SHAPE_RECORD, SHAPE_TELEMETRY, SHAPE_TENSOR, SHAPE_COUNT };

extern const char *const shape_names[SHAPE_COUNT];

// UTF-8, of which a NUL may be a part. What lies behind its length is zero.
struct text {
    uint32_t length; // bytes
    char bytes[TEXT_BYTES_MAX];
};

struct record {
    uint64_t id;
    int64_t time;
    double x, y;
    int32_t sensor;
    struct text note;
};

struct tensor {
    uint32_t rows, columns;
    struct text name;
    unsigned char reserved[28];
};

struct telemetry {
    uint64_t count;
    struct record records[TELEMETRY_RECORDS];
};

static_assert(sizeof(struct text) == 28, "text");
static_assert(sizeof(struct record) == 64 && offsetof(struct record, note) == 36, "record");
static_assert(sizeof(struct telemetry) == 64008 && offsetof(struct telemetry, records) == 8, "telemetry");
static_assert(sizeof(struct tensor) == 64 && offsetof(struct tensor, name) == 8, "tensor");

// The values of one message. A writer's point into its payload file; a reader's records are its own, its
// tensor's data may lie in the message.
struct values {
    enum shape shape;
    const unsigned char *image; // all of it, where it lies in one piece; else NULL
    struct record *records;     // record, telemetry
    size_t count;               // of records
    struct tensor *tensor;
    const unsigned char *data; // of the tensor: TENSOR_DATA_BYTES of little-endian float32
};

// The size of a shape's image, the little-endian bytes that say what the values are.
size_t shape_image_bytes(enum shape shape);

// Points a writer's values into an image, whose address is a multiple of 8. What is wrong with it, or NULL.
const char *values_of_image(struct values *values, enum shape shape, unsigned char *image);

// Memory for a reader's values. False: there is none.
bool values_new(struct values *values, enum shape shape);
void values_free(struct values *values);

// The image in at most two parts; returns how many.
struct part {
    const void *bytes;
    size_t length;
};
int values_image(const struct values *values, struct part parts[2]);

// Sets a text. False: it does not fit.
bool text_set(struct text *text, const void *bytes, size_t length);

#endif
