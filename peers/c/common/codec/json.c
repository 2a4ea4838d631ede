// SPDX-License-Identifier: Apache-2.0
// json, by jansson. By convention 64-bit integers are strings (a JSON number is exact up to 2^53 only), a
// double that is no number is a string, and the tensor's data is base64.
#include "codec.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE64_BYTES ((TENSOR_DATA_BYTES + 2) / 3 * 4)
#define NAN_PREFIX "NaN:"

static json_t *u64_value(uint64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    return json_string_nocheck(digits);
}

static json_t *i64_value(int64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, value);
    return json_string_nocheck(digits);
}

static json_t *f64_value(double value)
{
    if (isfinite(value))
        return json_real(value);
    if (isinf(value))
        return json_string_nocheck(value > 0 ? "Infinity" : "-Infinity");
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    char text[24];
    snprintf(text, sizeof text, NAN_PREFIX "%016" PRIx64, bits);
    return json_string_nocheck(text);
}

static json_t *text_value(const struct text *text)
{
    return json_stringn(text->bytes, text->length);
}

static json_t *record_value(const struct record *record)
{
    json_t *object = json_object();
    json_object_set_new_nocheck(object, "id", u64_value(record->id));
    json_object_set_new_nocheck(object, "time", i64_value(record->time));
    json_object_set_new_nocheck(object, "x", f64_value(record->x));
    json_object_set_new_nocheck(object, "y", f64_value(record->y));
    json_object_set_new_nocheck(object, "sensor", json_integer(record->sensor));
    json_object_set_new_nocheck(object, "note", text_value(&record->note));
    return object;
}

static json_t *telemetry_value(const struct values *values)
{
    json_t *records = json_array(), *object = json_object();
    for (size_t i = 0; i < values->count; i++)
        json_array_append_new(records, record_value(&values->records[i]));
    json_object_set_new_nocheck(object, "records", records);
    return object;
}

static json_t *data_value(const unsigned char *data)
{
    static char base64[BASE64_BYTES + 1];
    EVP_EncodeBlock((unsigned char *)base64, data, TENSOR_DATA_BYTES);
    return json_stringn_nocheck(base64, BASE64_BYTES);
}

static json_t *tensor_value(const struct values *values)
{
    json_t *object = json_object();
    json_object_set_new_nocheck(object, "rows", json_integer(values->tensor->rows));
    json_object_set_new_nocheck(object, "columns", json_integer(values->tensor->columns));
    json_object_set_new_nocheck(object, "name", text_value(&values->tensor->name));
    json_object_set_new_nocheck(object, "data", data_value(values->data));
    return object;
}

static const char *encode(const struct values *values, struct room *room)
{
    json_t *object = values->shape == SHAPE_TENSOR      ? tensor_value(values)
                     : values->shape == SHAPE_TELEMETRY ? telemetry_value(values)
                                                        : record_value(values->records);
    const size_t length = json_dumpb(object, (char *)room->bytes, room->capacity, JSON_COMPACT);
    json_decref(object);
    room->begin = 0;
    room->length = length;
    return length == 0 ? no_memory : length > room->capacity ? no_room : NULL;
}

// A string that stands for a number. NULL: none, or one with a NUL within.
static const char *number_text(const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && strlen(text) == json_string_length(value) ? text : NULL;
}

// A string of digits, as %PRIu64 and %PRId64 write it.
static bool take_u64(const json_t *value, uint64_t *number)
{
    const char *text = number_text(value);
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return false;
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return *end == '\0' && errno == 0;
}

static bool take_i64(const json_t *value, int64_t *number)
{
    const char *text = number_text(value);
    if (text == NULL || (text[0] != '-' && (text[0] < '0' || text[0] > '9')))
        return false;
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return *end == '\0' && errno == 0;
}

static bool take_f64(const json_t *value, double *number)
{
    if (json_is_number(value)) {
        *number = json_number_value(value);
        return true;
    }
    const char *text = number_text(value);
    uint64_t bits;
    int used = 0;
    if (text == NULL)
        return false;
    if (strcmp(text, "Infinity") == 0) {
        *number = INFINITY;
        return true;
    }
    if (strcmp(text, "-Infinity") == 0) {
        *number = -INFINITY;
        return true;
    }
    if (sscanf(text, NAN_PREFIX "%16" SCNx64 "%n", &bits, &used) != 1 || text[used] != '\0')
        return false;
    memcpy(number, &bits, sizeof bits);
    return isnan(*number);
}

static bool take_i32(const json_t *value, int32_t *number)
{
    const json_int_t wide = json_integer_value(value);
    *number = (int32_t)wide;
    return json_is_integer(value) && wide >= INT32_MIN && wide <= INT32_MAX;
}

static bool take_u32(const json_t *value, uint32_t *number)
{
    const json_int_t wide = json_integer_value(value);
    *number = (uint32_t)wide;
    return json_is_integer(value) && wide >= 0 && wide <= UINT32_MAX;
}

static bool take_text(const json_t *value, struct text *text)
{
    return json_is_string(value) && text_set(text, json_string_value(value), json_string_length(value));
}

static bool take_record(const json_t *object, struct record *record)
{
    return take_u64(json_object_get(object, "id"), &record->id) &&
           take_i64(json_object_get(object, "time"), &record->time) &&
           take_f64(json_object_get(object, "x"), &record->x) &&
           take_f64(json_object_get(object, "y"), &record->y) &&
           take_i32(json_object_get(object, "sensor"), &record->sensor) &&
           take_text(json_object_get(object, "note"), &record->note);
}

static bool take_records(const json_t *array, struct values *values)
{
    if (json_array_size(array) != values->count)
        return false;
    for (size_t i = 0; i < values->count; i++)
        if (!take_record(json_array_get(array, i), &values->records[i]))
            return false;
    return true;
}

static bool take_data(const json_t *value, unsigned char *data)
{
    // EVP_DecodeBlock writes whole groups of three bytes: the padding too.
    static unsigned char decoded[BASE64_BYTES / 4 * 3];
    const char *text = json_string_value(value);
    if (text == NULL || json_string_length(value) != BASE64_BYTES ||
        EVP_DecodeBlock(decoded, (const unsigned char *)text, BASE64_BYTES) < (int)TENSOR_DATA_BYTES)
        return false;
    memcpy(data, decoded, TENSOR_DATA_BYTES);
    return true;
}

static bool take_tensor(const json_t *object, struct values *values, struct decoding *decoding)
{
    struct tensor *tensor = values->tensor;
    values->data = decoding->data;
    return take_u32(json_object_get(object, "rows"), &tensor->rows) && tensor->rows == TENSOR_ROWS &&
           take_u32(json_object_get(object, "columns"), &tensor->columns) &&
           tensor->columns == TENSOR_COLUMNS && take_text(json_object_get(object, "name"), &tensor->name) &&
           take_data(json_object_get(object, "data"), decoding->data);
}

static const char *decode(const unsigned char *bytes, size_t length, struct values *values,
                          struct decoding *decoding)
{
    json_t *object = json_loadb((const char *)bytes, length, JSON_ALLOW_NUL, NULL);
    if (object == NULL)
        return "it is no JSON";
    const bool taken = values->shape == SHAPE_TENSOR ? take_tensor(object, values, decoding)
                       : values->shape == SHAPE_TELEMETRY
                           ? take_records(json_object_get(object, "records"), values)
                           : take_record(object, values->records);
    json_decref(object);
    return taken ? NULL : "a value is missing, or of another type";
}

const struct codec json_codec = {.name = "json", .encode = encode, .decode = decode};
