// SPDX-License-Identifier: Apache-2.0
// cbor, by libcbor: maps with the fields' names, definite lengths, integers in their shortest form, doubles
// in 8 bytes, the tensor's data as a typed array (RFC 8746). By convention a double that is no number is a
// byte string.
#include "codec.h"

#ifdef HAVE_CBOR

#include <cbor.h>
#include <math.h>
#include <string.h>

#define TAG_FLOAT32_LE 85 // RFC 8746, table 1

// Where the next bytes go. After a step that did not fit, `full` stays true.
struct output {
    unsigned char *at;
    size_t left;
    bool full;
};

static void put(struct output *output, size_t written)
{
    if (written == 0)
        output->full = true;
    output->at += written;
    output->left -= written;
}

static void put_bytes(struct output *output, const void *bytes, size_t length)
{
    if (length > output->left) {
        output->full = true;
        return;
    }
    memcpy(output->at, bytes, length);
    output->at += length;
    output->left -= length;
}

static void put_u64(struct output *output, uint64_t value)
{
    put(output, cbor_encode_uint(value, output->at, output->left));
}

static void put_i64(struct output *output, int64_t value)
{
    if (value >= 0)
        put_u64(output, (uint64_t)value);
    else
        put(output, cbor_encode_negint((uint64_t)~value, output->at, output->left));
}

static void put_f64(struct output *output, double value)
{
    if (isfinite(value)) {
        put(output, cbor_encode_double(value, output->at, output->left));
        return;
    }
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = __builtin_bswap64(bits);
    put(output, cbor_encode_bytestring_start(sizeof bits, output->at, output->left));
    put_bytes(output, &bits, sizeof bits);
}

static void put_string(struct output *output, const char *bytes, size_t length)
{
    put(output, cbor_encode_string_start(length, output->at, output->left));
    put_bytes(output, bytes, length);
}

static void put_name(struct output *output, const char *name)
{
    put_string(output, name, strlen(name));
}

static void put_map(struct output *output, size_t fields)
{
    put(output, cbor_encode_map_start(fields, output->at, output->left));
}

static void put_record(struct output *output, const struct record *record)
{
    put_map(output, 6);
    put_name(output, "id");
    put_u64(output, record->id);
    put_name(output, "time");
    put_i64(output, record->time);
    put_name(output, "x");
    put_f64(output, record->x);
    put_name(output, "y");
    put_f64(output, record->y);
    put_name(output, "sensor");
    put_i64(output, record->sensor);
    put_name(output, "note");
    put_string(output, record->note.bytes, record->note.length);
}

static void put_telemetry(struct output *output, const struct values *values)
{
    put_map(output, 1);
    put_name(output, "records");
    put(output, cbor_encode_array_start(values->count, output->at, output->left));
    for (size_t i = 0; i < values->count && !output->full; i++)
        put_record(output, &values->records[i]);
}

static void put_tensor(struct output *output, const struct values *values)
{
    put_map(output, 4);
    put_name(output, "rows");
    put_u64(output, values->tensor->rows);
    put_name(output, "columns");
    put_u64(output, values->tensor->columns);
    put_name(output, "name");
    put_string(output, values->tensor->name.bytes, values->tensor->name.length);
    put_name(output, "data");
    put(output, cbor_encode_tag(TAG_FLOAT32_LE, output->at, output->left));
    put(output, cbor_encode_bytestring_start(TENSOR_DATA_BYTES, output->at, output->left));
    put_bytes(output, values->data, TENSOR_DATA_BYTES);
}

static const char *encode(const struct values *values, struct room *room)
{
    struct output output = {.at = room->bytes, .left = room->capacity};
    switch (values->shape) {
    case SHAPE_TENSOR:
        put_tensor(&output, values);
        break;
    case SHAPE_TELEMETRY:
        put_telemetry(&output, values);
        break;
    default:
        put_record(&output, values->records);
    }
    room->begin = 0;
    room->length = room->capacity - output.left;
    return output.full ? no_room : NULL;
}

// The value of a field; NULL if there is none. Of two of one name it is the last.
static const cbor_item_t *field(const cbor_item_t *map, const char *name)
{
    if (!cbor_isa_map(map))
        return NULL;
    const struct cbor_pair *pairs = cbor_map_handle(map);
    for (size_t i = cbor_map_size(map); i > 0; i--) {
        const cbor_item_t *key = pairs[i - 1].key;
        if (cbor_isa_string(key) && cbor_string_is_definite(key) && cbor_string_length(key) == strlen(name) &&
            memcmp(cbor_string_handle(key), name, strlen(name)) == 0)
            return pairs[i - 1].value;
    }
    return NULL;
}

static bool take_u64(const cbor_item_t *value, uint64_t *number)
{
    if (value == NULL || !cbor_isa_uint(value))
        return false;
    *number = cbor_get_int(value);
    return true;
}

static bool take_i64(const cbor_item_t *value, int64_t *number)
{
    if (value == NULL || !cbor_is_int(value) || cbor_get_int(value) > INT64_MAX)
        return false;
    const int64_t magnitude = (int64_t)cbor_get_int(value);
    *number = cbor_isa_negint(value) ? ~magnitude : magnitude;
    return true;
}

static bool take_i32(const cbor_item_t *value, int32_t *number)
{
    int64_t wide;
    if (!take_i64(value, &wide) || wide < INT32_MIN || wide > INT32_MAX)
        return false;
    *number = (int32_t)wide;
    return true;
}

static bool take_f64(const cbor_item_t *value, double *number)
{
    if (value != NULL && cbor_is_float(value)) {
        *number = cbor_float_get_float(value);
        return true;
    }
    uint64_t bits;
    if (value == NULL || !cbor_isa_bytestring(value) || !cbor_bytestring_is_definite(value) ||
        cbor_bytestring_length(value) != sizeof bits)
        return false;
    memcpy(&bits, cbor_bytestring_handle(value), sizeof bits);
    bits = __builtin_bswap64(bits);
    memcpy(number, &bits, sizeof bits);
    return !isfinite(*number);
}

static bool take_text(const cbor_item_t *value, struct text *text)
{
    return value != NULL && cbor_isa_string(value) && cbor_string_is_definite(value) &&
           text_set(text, cbor_string_handle(value), cbor_string_length(value));
}

static bool take_record(const cbor_item_t *map, struct record *record)
{
    return take_u64(field(map, "id"), &record->id) && take_i64(field(map, "time"), &record->time) &&
           take_f64(field(map, "x"), &record->x) && take_f64(field(map, "y"), &record->y) &&
           take_i32(field(map, "sensor"), &record->sensor) && take_text(field(map, "note"), &record->note);
}

static bool take_telemetry(const cbor_item_t *map, struct values *values)
{
    const cbor_item_t *records = field(map, "records");
    if (records == NULL || !cbor_isa_array(records) || cbor_array_size(records) != values->count)
        return false;
    cbor_item_t **items = cbor_array_handle(records);
    for (size_t i = 0; i < values->count; i++)
        if (!take_record(items[i], &values->records[i]))
            return false;
    return true;
}

// The data stays where libcbor has put it, until release.
static bool take_tensor(const cbor_item_t *map, struct values *values)
{
    uint64_t rows, columns;
    const cbor_item_t *data = field(map, "data");
    if (!take_u64(field(map, "rows"), &rows) || rows != TENSOR_ROWS ||
        !take_u64(field(map, "columns"), &columns) || columns != TENSOR_COLUMNS ||
        !take_text(field(map, "name"), &values->tensor->name) || data == NULL || !cbor_isa_tag(data) ||
        cbor_tag_value(data) != TAG_FLOAT32_LE)
        return false;
    const cbor_item_t *bytes =
        data->metadata.tag_metadata.tagged_item; // cbor_tag_item would count a reference
    if (!cbor_isa_bytestring(bytes) || !cbor_bytestring_is_definite(bytes) ||
        cbor_bytestring_length(bytes) != TENSOR_DATA_BYTES)
        return false;
    values->tensor->rows = TENSOR_ROWS;
    values->tensor->columns = TENSOR_COLUMNS;
    values->data = cbor_bytestring_handle(bytes);
    return true;
}

static void release(struct decoding *decoding)
{
    cbor_item_t *map = decoding->library;
    if (map != NULL)
        cbor_decref(&map);
    decoding->library = NULL;
}

static const char *decode(const unsigned char *bytes, size_t length, struct values *values,
                          struct decoding *decoding)
{
    struct cbor_load_result result;
    cbor_item_t *map = cbor_load(bytes, length, &result);
    if (map == NULL)
        return result.error.code == CBOR_ERR_MEMERROR ? no_memory : "it is no CBOR";
    decoding->library = map;
    const bool taken = values->shape == SHAPE_TENSOR      ? take_tensor(map, values)
                       : values->shape == SHAPE_TELEMETRY ? take_telemetry(map, values)
                                                          : take_record(map, values->records);
    if (values->shape != SHAPE_TENSOR || !taken)
        release(decoding);
    return taken && result.read == length ? NULL : "a value is missing, or of another type";
}

const struct codec cbor_codec = {.name = "cbor", .encode = encode, .decode = decode, .release = release};

#else

const struct codec cbor_codec = {.name = "cbor", .missing = BUILT_WITHOUT("libcbor", "libcbor-dev")};

#endif
