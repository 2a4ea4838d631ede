// SPDX-License-Identifier: Apache-2.0
// flatbuffers, by the C++ library and what its compiler makes of peers/schema/shapes.fbs: the C one,
// flatcc, is not packaged. A message is built from the end of its slot downwards, and read where it lies.
extern "C" {
#include "codec.h"
}

#include "shapes_generated.h"

#include <cstring>

namespace
{

namespace flat = io::github::shmbed::codec::flat;

// The builder keeps the places of fields at the other end of its memory.
constexpr size_t scratch_bytes = 128;

// What a tensor has besides its data, at most.
constexpr size_t tensor_front_bytes = DECODING_DATA_BYTES - TENSOR_DATA_BYTES;

// Gives the builder the slot, and where that is too small, memory whose contents will not be sent.
class slot_allocator : public flatbuffers::Allocator
{
  public:
    slot_allocator(uint8_t *slot, size_t capacity) : slot_(slot), capacity_(capacity)
    {
    }

    uint8_t *allocate(size_t size) override
    {
        if (size <= capacity_)
            return slot_;
        overflowed = true;
        return new uint8_t[size];
    }

    void deallocate(uint8_t *memory, size_t) override
    {
        if (memory != slot_)
            delete[] memory;
    }

    bool overflowed = false;

  private:
    uint8_t *slot_;
    size_t capacity_;
};

flatbuffers::Offset<flat::Record> add_record(flatbuffers::FlatBufferBuilder &builder, const record &from)
{
    const flat::Numbers numbers(from.id, from.time, from.x, from.y, from.sensor);
    const auto note = builder.CreateString(from.note.bytes, from.note.length);
    return flat::CreateRecord(builder, &numbers, note);
}

void finish_telemetry(flatbuffers::FlatBufferBuilder &builder, const values &from)
{
    static flatbuffers::Offset<flat::Record> records[TELEMETRY_RECORDS];
    for (size_t i = 0; i < from.count; i++)
        records[i] = add_record(builder, from.records[i]);
    builder.Finish(flat::CreateTelemetry(builder, builder.CreateVector(records, from.count)));
}

// The data first, so that everything else lies before it in the message.
void finish_tensor(flatbuffers::FlatBufferBuilder &builder, const values &from)
{
    float *to = nullptr;
    const auto data = builder.CreateUninitializedVector(TENSOR_ROWS * TENSOR_COLUMNS, &to);
    std::memcpy(to, from.data, TENSOR_DATA_BYTES);
    const auto name = builder.CreateString(from.tensor->name.bytes, from.tensor->name.length);
    builder.Finish(flat::CreateTensor(builder, from.tensor->rows, from.tensor->columns, name, data));
}

const char *encode(const values *from, room *into)
{
    slot_allocator allocator(into->bytes, into->capacity);
    {
        flatbuffers::FlatBufferBuilder builder(into->capacity / 8 * 8, &allocator);
        switch (from->shape) {
        case SHAPE_TENSOR:
            finish_tensor(builder, *from);
            break;
        case SHAPE_TELEMETRY:
            finish_telemetry(builder, *from);
            break;
        default:
            builder.Finish(add_record(builder, *from->records));
        }
        into->begin = static_cast<size_t>(builder.GetBufferPointer() - into->bytes);
        into->length = builder.GetSize();
    }
    return allocator.overflowed ? no_room : nullptr;
}

bool take_text(const flatbuffers::String *from, text *into)
{
    return text_set(into, from->c_str(), from->size());
}

bool take_record(const flat::Record *from, record *into)
{
    const flat::Numbers *numbers = from->numbers();
    into->id = numbers->id();
    into->time = numbers->time();
    into->x = numbers->x();
    into->y = numbers->y();
    into->sensor = numbers->sensor();
    return take_text(from->note(), &into->note);
}

bool take_telemetry(const flat::Telemetry *from, values *into)
{
    if (from->records()->size() != into->count)
        return false;
    for (size_t i = 0; i < into->count; i++)
        if (!take_record(from->records()->Get(static_cast<flatbuffers::uoffset_t>(i)), &into->records[i]))
            return false;
    return true;
}

// Everything but the data is copied out first: what the verifier has seen must not change. The copy is as
// long as the message for the verifier; what lies in the data's place is not looked at.
const char *decode_tensor(const unsigned char *bytes, size_t length, values *into, decoding *memory)
{
    if (length < TENSOR_DATA_BYTES || length - TENSOR_DATA_BYTES > tensor_front_bytes)
        return "it has not the length of a tensor";
    std::memcpy(memory->data, bytes, length - TENSOR_DATA_BYTES);
    flatbuffers::Verifier verifier(memory->data, length);
    if (!verifier.VerifyBuffer<flat::Tensor>(nullptr))
        return "the verifier refuses it";
    const flat::Tensor *from = flatbuffers::GetRoot<flat::Tensor>(memory->data);
    into->tensor->rows = from->rows();
    into->tensor->columns = from->columns();
    if (from->rows() != TENSOR_ROWS || from->columns() != TENSOR_COLUMNS ||
        from->data()->size() != TENSOR_ROWS * TENSOR_COLUMNS || !take_text(from->name(), &into->tensor->name))
        return "the tensor has another form";
    into->data = bytes + (from->data()->Data() - memory->data);
    return nullptr;
}

const char *decode(const unsigned char *bytes, size_t length, values *into, decoding *memory)
{
    if (into->shape == SHAPE_TENSOR)
        return decode_tensor(bytes, length, into, memory);
    flatbuffers::Verifier verifier(bytes, length);
    const bool batch = into->shape == SHAPE_TELEMETRY;
    if (length == 0 || !(batch ? verifier.VerifyBuffer<flat::Telemetry>(nullptr)
                               : verifier.VerifyBuffer<flat::Record>(nullptr)))
        return "the verifier refuses it";
    const bool taken = batch ? take_telemetry(flatbuffers::GetRoot<flat::Telemetry>(bytes), into)
                             : take_record(flatbuffers::GetRoot<flat::Record>(bytes), into->records);
    return taken ? nullptr : "a text is too long, or there are more or fewer records than there must be";
}

codec make_codec()
{
    codec made = {};
    made.name = "flatbuffers";
    made.encode = encode;
    made.decode = decode;
    made.copies_records = true;
    made.slack = scratch_bytes;
    return made;
}

} // namespace

extern "C" const codec flatbuffers_codec = make_codec();
