// SPDX-License-Identifier: Apache-2.0
// Unit tests of the codecs: the golden messages, every shape there and back, and messages that are none.
#include "check.h"

#include "../common/codec/codec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 1024 // of a golden message, at most

static const char *const codec_list[] = {"raw",  "struct",   "json",       "msgpack",
                                         "cbor", "protobuf", "flatbuffers"};
static const char *const canonical[] = {"raw", "struct", "msgpack", "cbor",
                                        "protobuf"}; // equal values are equal bytes

// What the tests are about at the moment.
static const char *codec_name;
static enum shape shape;

#define LENGTH_OF(array) (sizeof(array) / sizeof(array)[0])

// The next line of a golden dump with bytes in it; its length, 0 at the end.
static size_t read_line(FILE *file, unsigned char *bytes)
{
    char line[4 * LINE_BYTES];
    while (fgets(line, sizeof line, file) != NULL) {
        size_t length = 0;
        line[strcspn(line, "#")] = '\0';
        unsigned byte;
        int used;
        for (const char *at = line; sscanf(at, " %2x%n", &byte, &used) == 1; at += used) {
            CHECK(length < LINE_BYTES);
            bytes[length++] = (unsigned char)byte;
        }
        if (length > 0)
            return length;
    }
    return 0;
}

static FILE *open_golden(const char *name)
{
    char path[100];
    snprintf(path, sizeof path, "../golden/%s.hex", name);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    return file;
}

static bool is_canonical(const char *name)
{
    for (size_t i = 0; i < LENGTH_OF(canonical); i++)
        if (strcmp(name, canonical[i]) == 0)
            return true;
    return false;
}

static bool has_image(const struct values *values, const unsigned char *image)
{
    struct part parts[2];
    const int count = values_image(values, parts);
    for (int i = 0; i < count; i++) {
        if (memcmp(parts[i].bytes, image, parts[i].length) != 0)
            return false;
        image += parts[i].length;
    }
    return true;
}

// One side of an exchange, and what it needs.
struct side {
    const struct codec *codec;
    struct values values;
    struct decoding decoding;
};

static struct side open_side(const char *name, enum shape of)
{
    struct side side = {.codec = codec_find(name)};
    CHECK(side.codec != NULL && side.codec->missing == NULL);
    CHECK(values_new(&side.values, of));
    side.decoding.data = malloc(DECODING_DATA_BYTES);
    CHECK(side.decoding.data != NULL);
    return side;
}

enum outcome { REFUSED, SAME_VALUES, OTHER_VALUES };

// Decodes a copy of its own, so that AddressSanitizer sees whoever reads past its end, and looks at all
// values.
static enum outcome decode_copy(struct side *side, const unsigned char *bytes, size_t length,
                                const unsigned char *image)
{
    unsigned char *copy = malloc(length > 0 ? length : 1);
    CHECK(copy != NULL);
    memcpy(copy, bytes, length);
    enum outcome outcome = REFUSED;
    if (side->codec->decode(copy, length, &side->values, &side->decoding) == NULL)
        outcome = has_image(&side->values, image) ? SAME_VALUES : OTHER_VALUES;
    if (side->codec->release != NULL)
        side->codec->release(&side->decoding);
    free(copy);
    return outcome;
}

static void close_side(struct side *side)
{
    free(side->decoding.data);
    values_free(&side->values);
}

static void golden_messages_have_the_golden_values(void)
{
    const char *name = codec_name;
    FILE *messages = open_golden(strcmp(name, "raw") == 0 || strcmp(name, "struct") == 0 ? "values" : name);
    FILE *images = open_golden("values");
    struct side reader = open_side(name, SHAPE_RECORD);
    _Alignas(8) unsigned char image[LINE_BYTES];
    unsigned char message[LINE_BYTES], room_bytes[LINE_BYTES];
    int lines = 0;
    for (size_t length; (length = read_line(messages, message)) > 0; lines++) {
        CHECK(read_line(images, image) == shape_image_bytes(SHAPE_RECORD));
        CHECK(reader.codec->decode(message, length, &reader.values, &reader.decoding) == NULL);
        CHECK(has_image(&reader.values, image));
        if (reader.codec->release != NULL)
            reader.codec->release(&reader.decoding);

        struct values values;
        struct room room = {.bytes = room_bytes, .capacity = sizeof room_bytes};
        CHECK(values_of_image(&values, SHAPE_RECORD, image) == NULL);
        CHECK(reader.codec->encode(&values, &room) == NULL);
        if (is_canonical(name))
            CHECK(room.length == length && memcmp(room.bytes + room.begin, message, length) == 0);
        CHECK(reader.codec->decode(room.bytes + room.begin, room.length, &reader.values, &reader.decoding) ==
              NULL);
        CHECK(has_image(&reader.values, image));
        if (reader.codec->release != NULL)
            reader.codec->release(&reader.decoding);
    }
    CHECK(lines == 16 && read_line(images, image) == 0);
    fclose(messages);
    fclose(images);
    close_side(&reader);
}

// An image of any shape, made of golden records and of bytes that differ.
static unsigned char *image_of(enum shape of)
{
    FILE *golden = open_golden("values");
    unsigned char line[LINE_BYTES], *image = calloc(1, shape_image_bytes(of));
    CHECK(image != NULL);
    if (of == SHAPE_TENSOR) {
        struct tensor *tensor = (struct tensor *)image;
        tensor->rows = TENSOR_ROWS;
        tensor->columns = TENSOR_COLUMNS;
        CHECK(text_set(&tensor->name, "a\0b", 3));
        for (size_t i = 0; i < TENSOR_DATA_BYTES; i++)
            image[sizeof *tensor + i] = (unsigned char)(i * 131 + i / 251);
    } else {
        struct telemetry *telemetry = (struct telemetry *)image;
        struct record *records = of == SHAPE_RECORD ? (struct record *)image : telemetry->records;
        const size_t count = of == SHAPE_RECORD ? 1 : TELEMETRY_RECORDS;
        if (of == SHAPE_TELEMETRY)
            telemetry->count = count;
        for (size_t i = 0; i < count; i++) {
            if (read_line(golden, line) == 0) {
                rewind(golden);
                CHECK(read_line(golden, line) > 0);
            }
            memcpy(&records[i], line, sizeof records[i]);
        }
    }
    fclose(golden);
    return image;
}

// There and back; in a room that is just large enough; not in one that is a byte too small.
static void values_come_back_from_a_room_that_is_just_large_enough(void)
{
    const char *name = codec_name;
    unsigned char *image = image_of(shape);
    struct values values;
    struct side reader = open_side(name, shape);
    CHECK(values_of_image(&values, shape, image) == NULL);
    const size_t capacity = 4 * shape_image_bytes(shape) + 1024;
    struct room room = {.bytes = malloc(capacity), .capacity = capacity};
    CHECK(room.bytes != NULL && reader.codec->encode(&values, &room) == NULL);
    const size_t length = room.length;
    free(room.bytes);

    const size_t slot = (length + reader.codec->slack + 127) / 128 * 128; // as a segment has it
    room = (struct room){.bytes = aligned_alloc(128, slot), .capacity = slot};
    CHECK(room.bytes != NULL && reader.codec->encode(&values, &room) == NULL);
    CHECK(room.length == length && room.begin + room.length <= slot);
    CHECK(decode_copy(&reader, room.bytes + room.begin, room.length, image) == SAME_VALUES);

    struct room small = {.bytes = malloc(length), .capacity = length / 2};
    CHECK(small.bytes != NULL && reader.codec->encode(&values, &small) == no_room);
    free(small.bytes);
    free(room.bytes);
    free(image);
    close_side(&reader);
}

// Messages that were cut, and messages of which a bit is another: an error, or other values; never a crash.
static void damaged_messages_are_errors_or_other_values(void)
{
    const char *name = codec_name;
    unsigned char *image = image_of(shape);
    struct values values;
    struct side reader = open_side(name, shape);
    CHECK(values_of_image(&values, shape, image) == NULL);
    const size_t capacity = 4 * shape_image_bytes(shape) + 1024;
    struct room room = {.bytes = malloc(capacity), .capacity = capacity};
    CHECK(room.bytes != NULL && reader.codec->encode(&values, &room) == NULL);
    unsigned char *message = room.bytes + room.begin;
    // Where equal values are equal bytes, other bytes are other values. But a negative int32 of protobuf
    // (telemetry has some) takes ten bytes, of which more bits are thrown away than count.
    const bool strict = is_canonical(name) && (strcmp(name, "protobuf") != 0 || shape != SHAPE_TELEMETRY);
    const size_t step = room.length > 4096 ? room.length / 23 : 1;
    for (size_t length = 0; length < room.length; length += step)
        CHECK(decode_copy(&reader, message, length, image) != OTHER_VALUES); // a format may end with padding
    const size_t stride = shape == SHAPE_RECORD ? 1 : room.length / 11;
    for (size_t i = 0; i < room.length; i += stride) {
        for (int bit = 0; bit < 8; bit += shape == SHAPE_RECORD ? 1 : 5) {
            message[i] ^= (unsigned char)(1 << bit);
            const enum outcome outcome = decode_copy(&reader, message, room.length, image);
            CHECK(outcome != SAME_VALUES || !strict);
            message[i] ^= (unsigned char)(1 << bit);
        }
    }
    free(room.bytes);
    free(image);
    close_side(&reader);
}

// A tensor's data may stay in the message: a byte that changes there changes in the values.
static void data_is_read_where_it_lies(void)
{
    static const char *const in_place[] = {"raw", "struct", "msgpack", "flatbuffers"};
    bool stays = false;
    for (size_t i = 0; i < LENGTH_OF(in_place); i++)
        stays = stays || strcmp(codec_name, in_place[i]) == 0;
    unsigned char *image = image_of(SHAPE_TENSOR);
    struct values values;
    struct side reader = open_side(codec_name, SHAPE_TENSOR);
    CHECK(values_of_image(&values, SHAPE_TENSOR, image) == NULL);
    const size_t capacity = 4 * shape_image_bytes(SHAPE_TENSOR) + 1024;
    struct room room = {.bytes = malloc(capacity), .capacity = capacity};
    CHECK(room.bytes != NULL && reader.codec->encode(&values, &room) == NULL);
    unsigned char *message = room.bytes + room.begin;
    CHECK(reader.codec->decode(message, room.length, &reader.values, &reader.decoding) == NULL);
    CHECK(has_image(&reader.values, image));
    message[room.length - 1000] ^= 1; // of these codecs all have the data last
    CHECK(has_image(&reader.values, image) == !stays);
    image[shape_image_bytes(SHAPE_TENSOR) - 1000] ^= 1;
    CHECK(has_image(&reader.values, image) == stays);
    if (reader.codec->release != NULL)
        reader.codec->release(&reader.decoding);
    free(room.bytes);
    free(image);
    close_side(&reader);
}

// A JSON record with this id, time and x; 0, 0 and an infinity where they are as they should be.
static enum outcome decode_record(struct side *side, const char *id, const char *time, const char *x)
{
    _Alignas(8) unsigned char image[sizeof(struct record)] = {0};
    ((struct record *)image)->x = INFINITY;
    char message[LINE_BYTES];
    const int length = snprintf(
        message, sizeof message,
        "{\"id\":\"%s\",\"time\":\"%s\",\"x\":\"%s\",\"y\":0.0,\"sensor\":0,\"note\":\"\"}", id, time, x);
    return decode_copy(side, (const unsigned char *)message, (size_t)length, image);
}

static void numbers_in_strings_are_digits_that_fit(void)
{
    struct side reader = open_side("json", SHAPE_RECORD);
    CHECK(decode_record(&reader, "0", "0", "Infinity") == SAME_VALUES);
    CHECK(decode_record(&reader, "18446744073709551615", "0", "Infinity") == OTHER_VALUES);
    CHECK(decode_record(&reader, "18446744073709551616", "0", "Infinity") == REFUSED);
    CHECK(decode_record(&reader, "0", "9223372036854775807", "Infinity") == OTHER_VALUES);
    CHECK(decode_record(&reader, "0", "9223372036854775808", "Infinity") == REFUSED);
    CHECK(decode_record(&reader, "0", "-9223372036854775808", "Infinity") == OTHER_VALUES);
    CHECK(decode_record(&reader, "0", "-9223372036854775809", "Infinity") == REFUSED);
    CHECK(decode_record(&reader, "0\\u0000x", "0", "Infinity") == REFUSED);
    CHECK(decode_record(&reader, "0", "0\\u0000x", "Infinity") == REFUSED);
    CHECK(decode_record(&reader, "0", "0", "Infinity\\u0000x") == REFUSED);
    CHECK(decode_record(&reader, "", "0", "Infinity") == REFUSED);
    CHECK(decode_record(&reader, "-1", "0", "Infinity") == REFUSED);
    close_side(&reader);
}

static void images_that_are_none_are_refused(void)
{
    unsigned char *image = image_of(SHAPE_TELEMETRY);
    struct values values;
    struct telemetry *telemetry = (struct telemetry *)image;
    telemetry->records[999].note.length = TEXT_BYTES_MAX + 1;
    CHECK(values_of_image(&values, SHAPE_TELEMETRY, image) != NULL);
    telemetry->records[999].note.length = TEXT_BYTES_MAX;
    CHECK(values_of_image(&values, SHAPE_TELEMETRY, image) == NULL);
    telemetry->count = 999;
    CHECK(values_of_image(&values, SHAPE_TELEMETRY, image) != NULL);
    free(image);
    image = image_of(SHAPE_TENSOR);
    ((struct tensor *)image)->columns++;
    CHECK(values_of_image(&values, SHAPE_TENSOR, image) != NULL);
    free(image);
}

int main(void)
{
    for (size_t i = 0; i < LENGTH_OF(codec_list); i++) {
        codec_name = codec_list[i];
        const struct codec *codec = codec_find(codec_name);
        if (codec != NULL && codec->missing != NULL) {
            printf("unit tests of codec %s: not run: %s\n", codec_name, codec->missing);
            continue;
        }
        RUN(golden_messages_have_the_golden_values);
        RUN(data_is_read_where_it_lies);
        for (shape = SHAPE_RECORD; shape < SHAPE_COUNT; shape++) {
            RUN(values_come_back_from_a_room_that_is_just_large_enough);
            RUN(damaged_messages_are_errors_or_other_values);
        }
    }
    RUN(numbers_in_strings_are_digits_that_fit);
    RUN(images_that_are_none_are_refused);
    CHECK(codec_find("morse") == NULL);
    puts("unit tests of the codecs: all passed");
    return 0;
}
