// SPDX-License-Identifier: Apache-2.0
// protobuf, by protobuf-c and what its compiler makes of peers/schema/shapes.proto.
#include "codec.h"

#ifdef HAVE_PROTOBUF

#include "shapes.pb-c.h"

#include <string.h>

static ProtobufCBinaryData text_field(const struct text *text)
{
    return (ProtobufCBinaryData){.len = text->length, .data = (uint8_t *)text->bytes};
}

static void set_record(Shmbed__Record *message, const struct record *record)
{
    shmbed__record__init(message);
    message->id = record->id;
    message->time = record->time;
    message->x = record->x;
    message->y = record->y;
    message->sensor = record->sensor;
    message->note = text_field(&record->note);
}

static const char *pack(const ProtobufCMessage *message, struct room *room)
{
    room->begin = 0;
    room->length = protobuf_c_message_get_packed_size(message);
    if (room->length > room->capacity)
        return no_room;
    protobuf_c_message_pack(message, room->bytes);
    return NULL;
}

static const char *encode_telemetry(const struct values *values, struct room *room)
{
    static Shmbed__Record messages[TELEMETRY_RECORDS];
    static Shmbed__Record *pointers[TELEMETRY_RECORDS];
    Shmbed__Telemetry telemetry = SHMBED__TELEMETRY__INIT;
    for (size_t i = 0; i < values->count; i++) {
        set_record(&messages[i], &values->records[i]);
        pointers[i] = &messages[i];
    }
    telemetry.n_records = values->count;
    telemetry.records = pointers;
    return pack(&telemetry.base, room);
}

static const char *encode(const struct values *values, struct room *room)
{
    if (values->shape == SHAPE_TELEMETRY)
        return encode_telemetry(values, room);
    if (values->shape == SHAPE_RECORD) {
        Shmbed__Record record;
        set_record(&record, values->records);
        return pack(&record.base, room);
    }
    Shmbed__Tensor tensor = SHMBED__TENSOR__INIT;
    tensor.rows = values->tensor->rows;
    tensor.columns = values->tensor->columns;
    tensor.name = text_field(&values->tensor->name);
    tensor.data = (ProtobufCBinaryData){.len = TENSOR_DATA_BYTES, .data = (uint8_t *)values->data};
    return pack(&tensor.base, room);
}

static bool take_record(const Shmbed__Record *message, struct record *record)
{
    record->id = message->id;
    record->time = message->time;
    record->x = message->x;
    record->y = message->y;
    record->sensor = message->sensor;
    return text_set(&record->note, message->note.data, message->note.len);
}

static bool take_telemetry(const Shmbed__Telemetry *message, struct values *values)
{
    if (message->n_records != values->count)
        return false;
    for (size_t i = 0; i < values->count; i++)
        if (!take_record(message->records[i], &values->records[i]))
            return false;
    return true;
}

// The data stays where protobuf-c has put it, until release.
static bool take_tensor(const Shmbed__Tensor *message, struct values *values)
{
    values->tensor->rows = message->rows;
    values->tensor->columns = message->columns;
    values->data = message->data.data;
    return message->rows == TENSOR_ROWS && message->columns == TENSOR_COLUMNS &&
           message->data.len == TENSOR_DATA_BYTES &&
           text_set(&values->tensor->name, message->name.data, message->name.len);
}

static void release(struct decoding *decoding)
{
    if (decoding->library != NULL)
        protobuf_c_message_free_unpacked(decoding->library, NULL);
    decoding->library = NULL;
}

static const char *decode(const unsigned char *bytes, size_t length, struct values *values,
                          struct decoding *decoding)
{
    static const ProtobufCMessageDescriptor *const descriptors[SHAPE_COUNT] = {
        [SHAPE_RECORD] = &shmbed__record__descriptor,
        [SHAPE_TELEMETRY] = &shmbed__telemetry__descriptor,
        [SHAPE_TENSOR] = &shmbed__tensor__descriptor,
    };
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptors[values->shape], NULL, length, bytes);
    if (message == NULL)
        return "it is no message of that type";
    decoding->library = message;
    const bool taken = values->shape == SHAPE_TENSOR ? take_tensor((Shmbed__Tensor *)message, values)
                       : values->shape == SHAPE_TELEMETRY
                           ? take_telemetry((Shmbed__Telemetry *)message, values)
                           : take_record((Shmbed__Record *)message, values->records);
    if (values->shape != SHAPE_TENSOR || !taken)
        release(decoding);
    return taken ? NULL : "a value is too long, or there are more or fewer than there must be";
}

const struct codec protobuf_codec = {
    .name = "protobuf", .encode = encode, .decode = decode, .release = release};

#else

const struct codec protobuf_codec = {
    .name = "protobuf", .missing = BUILT_WITHOUT("protobuf-c", "libprotobuf-c-dev protobuf-c-compiler")};

#endif
