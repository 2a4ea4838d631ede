// SPDX-License-Identifier: Apache-2.0
// msgpack, by msgpack-c: maps with the fields' names, integers in their shortest form, the tensor's data as
// bin.
#include "codec.h"

#ifdef HAVE_MSGPACK

#include <msgpack.h>
#include <string.h>

static int put(void *context, const char *bytes, size_t length)
{
    struct room *room = context;
    if (length > room->capacity - room->length)
        return -1;
    memcpy(room->bytes + room->length, bytes, length);
    room->length += length;
    return 0;
}

// Each returns what the library does: 0, or not.
static int pack_name(msgpack_packer *packer, const char *name)
{
    const size_t length = strlen(name);
    return msgpack_pack_str(packer, length) || msgpack_pack_str_body(packer, name, length);
}

static int pack_text(msgpack_packer *packer, const struct text *text)
{
    return msgpack_pack_str(packer, text->length) || msgpack_pack_str_body(packer, text->bytes, text->length);
}

static int pack_record(msgpack_packer *packer, const struct record *record)
{
    return msgpack_pack_map(packer, 6) || pack_name(packer, "id") ||
           msgpack_pack_uint64(packer, record->id) || pack_name(packer, "time") ||
           msgpack_pack_int64(packer, record->time) || pack_name(packer, "x") ||
           msgpack_pack_double(packer, record->x) || pack_name(packer, "y") ||
           msgpack_pack_double(packer, record->y) || pack_name(packer, "sensor") ||
           msgpack_pack_int32(packer, record->sensor) || pack_name(packer, "note") ||
           pack_text(packer, &record->note);
}

static int pack_telemetry(msgpack_packer *packer, const struct values *values)
{
    int failed = msgpack_pack_map(packer, 1) || pack_name(packer, "records") ||
                 msgpack_pack_array(packer, values->count);
    for (size_t i = 0; !failed && i < values->count; i++)
        failed = pack_record(packer, &values->records[i]);
    return failed;
}

static int pack_tensor(msgpack_packer *packer, const struct values *values)
{
    const struct tensor *tensor = values->tensor;
    return msgpack_pack_map(packer, 4) || pack_name(packer, "rows") ||
           msgpack_pack_uint32(packer, tensor->rows) || pack_name(packer, "columns") ||
           msgpack_pack_uint32(packer, tensor->columns) || pack_name(packer, "name") ||
           pack_text(packer, &tensor->name) || pack_name(packer, "data") ||
           msgpack_pack_bin(packer, TENSOR_DATA_BYTES) ||
           msgpack_pack_bin_body(packer, values->data, TENSOR_DATA_BYTES);
}

static const char *encode(const struct values *values, struct room *room)
{
    msgpack_packer packer;
    room->begin = room->length = 0;
    msgpack_packer_init(&packer, room, put);
    const int failed = values->shape == SHAPE_TENSOR      ? pack_tensor(&packer, values)
                       : values->shape == SHAPE_TELEMETRY ? pack_telemetry(&packer, values)
                                                          : pack_record(&packer, values->records);
    return failed ? no_room : NULL;
}

// The value of a field; NULL if there is none. Of two of one name it is the last.
static const msgpack_object *field(const msgpack_object *map, const char *name)
{
    const size_t length = strlen(name);
    if (map->type != MSGPACK_OBJECT_MAP)
        return NULL;
    for (uint32_t i = map->via.map.size; i > 0; i--) {
        const msgpack_object_kv *pair = &map->via.map.ptr[i - 1];
        if (pair->key.type == MSGPACK_OBJECT_STR && pair->key.via.str.size == length &&
            memcmp(pair->key.via.str.ptr, name, length) == 0)
            return &pair->val;
    }
    return NULL;
}

static bool take_u64(const msgpack_object *value, uint64_t *number)
{
    if (value == NULL || value->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
        return false;
    *number = value->via.u64;
    return true;
}

static bool take_i64(const msgpack_object *value, int64_t *number)
{
    uint64_t positive;
    if (take_u64(value, &positive)) {
        *number = (int64_t)positive;
        return positive <= INT64_MAX;
    }
    if (value == NULL || value->type != MSGPACK_OBJECT_NEGATIVE_INTEGER)
        return false;
    *number = value->via.i64;
    return true;
}

static bool take_i32(const msgpack_object *value, int32_t *number)
{
    int64_t wide;
    if (!take_i64(value, &wide) || wide < INT32_MIN || wide > INT32_MAX)
        return false;
    *number = (int32_t)wide;
    return true;
}

static bool take_f64(const msgpack_object *value, double *number)
{
    if (value == NULL || value->type != MSGPACK_OBJECT_FLOAT64)
        return false;
    *number = value->via.f64;
    return true;
}

static bool take_text(const msgpack_object *value, struct text *text)
{
    return value != NULL && value->type == MSGPACK_OBJECT_STR &&
           text_set(text, value->via.str.ptr, value->via.str.size);
}

static bool take_record(const msgpack_object *map, struct record *record)
{
    return take_u64(field(map, "id"), &record->id) && take_i64(field(map, "time"), &record->time) &&
           take_f64(field(map, "x"), &record->x) && take_f64(field(map, "y"), &record->y) &&
           take_i32(field(map, "sensor"), &record->sensor) && take_text(field(map, "note"), &record->note);
}

static bool take_telemetry(const msgpack_object *map, struct values *values)
{
    const msgpack_object *records = field(map, "records");
    if (records == NULL || records->type != MSGPACK_OBJECT_ARRAY || records->via.array.size != values->count)
        return false;
    for (size_t i = 0; i < values->count; i++)
        if (!take_record(&records->via.array.ptr[i], &values->records[i]))
            return false;
    return true;
}

// The data stays where it is, in the message.
static bool take_tensor(const msgpack_object *map, struct values *values)
{
    uint64_t rows, columns;
    const msgpack_object *data = field(map, "data");
    if (!take_u64(field(map, "rows"), &rows) || rows != TENSOR_ROWS ||
        !take_u64(field(map, "columns"), &columns) || columns != TENSOR_COLUMNS ||
        !take_text(field(map, "name"), &values->tensor->name) || data == NULL ||
        data->type != MSGPACK_OBJECT_BIN || data->via.bin.size != TENSOR_DATA_BYTES)
        return false;
    values->tensor->rows = TENSOR_ROWS;
    values->tensor->columns = TENSOR_COLUMNS;
    values->data = (const unsigned char *)data->via.bin.ptr;
    return true;
}

static const char *take(const unsigned char *bytes, size_t length, struct values *values)
{
    msgpack_unpacked unpacked;
    size_t offset = 0;
    msgpack_unpacked_init(&unpacked);
    const msgpack_unpack_return result = msgpack_unpack_next(&unpacked, (const char *)bytes, length, &offset);
    const msgpack_object *map = &unpacked.data;
    const char *why = NULL;
    if (result != MSGPACK_UNPACK_SUCCESS || offset != length)
        why = result == MSGPACK_UNPACK_NOMEM_ERROR ? no_memory : "it is not one MessagePack object";
    else if (!(values->shape == SHAPE_TENSOR      ? take_tensor(map, values)
               : values->shape == SHAPE_TELEMETRY ? take_telemetry(map, values)
                                                  : take_record(map, values->records)))
        why = "a value is missing, or of another type";
    msgpack_unpacked_destroy(&unpacked);
    return why;
}

// The library reads a count more than once, so it must not see it change: everything but the data is copied
// out first, if the data lies last, as encode has it. That shows afterwards: then the bytes behind the copy
// were the data's place and were not looked at. A message with another order is copied whole.
static const char *decode_tensor(const unsigned char *bytes, size_t length, struct values *values,
                                 struct decoding *decoding)
{
    if (length < TENSOR_DATA_BYTES || length > DECODING_DATA_BYTES)
        return "it has not the length of a tensor";
    const size_t front = length - TENSOR_DATA_BYTES;
    memcpy(decoding->data, bytes, front);
    if (take(decoding->data, length, values) == NULL && values->data == decoding->data + front) {
        values->data = bytes + front;
        return NULL;
    }
    memcpy(decoding->data + front, bytes + front, TENSOR_DATA_BYTES);
    return take(decoding->data, length, values);
}

static const char *decode(const unsigned char *bytes, size_t length, struct values *values,
                          struct decoding *decoding)
{
    return values->shape == SHAPE_TENSOR ? decode_tensor(bytes, length, values, decoding)
                                         : take(bytes, length, values);
}

const struct codec msgpack_codec = {
    .name = "msgpack", .encode = encode, .decode = decode, .copies_records = true};

#else

const struct codec msgpack_codec = {.name = "msgpack",
                                    .missing = BUILT_WITHOUT("msgpack-c", "libmsgpack-dev")};

#endif
