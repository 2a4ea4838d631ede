# SPDX-License-Identifier: Apache-2.0
"""flatbuffers, by the module of that name: peers/schema/shapes.fbs through its builder and its tables.

What the schema's compiler makes for Python are thin wrappers of the same calls, in a package named after the schema's
namespace.
"""

import struct

import flatbuffers
from flatbuffers import number_types as types
from flatbuffers.table import Table

from ..shape import DATA_BYTES, RECORDS
from . import Base

NUMBERS = struct.Struct("<Qqddi4x")
VTABLE = 4  # offsets of fields begin there, two bytes each


def _field(table, index):
    """Where the value of a table's field is. Raises ValueError if there is none."""
    offset = table.Offset(VTABLE + 2 * index)
    if offset == 0:
        raise ValueError("field %d is missing" % index)
    return table.Pos + offset


def _text(table, index):
    place = _field(table, index)
    text = table.String(place)
    if len(text) != table.VectorLen(place - table.Pos):
        raise ValueError("a text that was cut")  # as Python's slices are, without a word
    return text.decode("utf-8")


def _add_text(builder, text):
    return builder.CreateString(text.encode("utf-8"))


def _add_record(builder, record):
    id, time, x, y, sensor, note = record
    note = _add_text(builder, note)
    builder.StartObject(2)
    builder.Prep(8, NUMBERS.size)
    builder.head -= NUMBERS.size
    NUMBERS.pack_into(builder.Bytes, builder.head, id, time, x, y, sensor)
    builder.PrependStructSlot(0, builder.Offset(), 0)
    builder.PrependUOffsetTRelativeSlot(1, note, 0)
    return builder.EndObject()


def _add_telemetry(builder, records):
    places = [_add_record(builder, record) for record in records]
    builder.StartVector(4, len(places), 4)
    for place in reversed(places):
        builder.PrependUOffsetTRelative(place)
    vector = builder.EndVector()
    builder.StartObject(1)
    builder.PrependUOffsetTRelativeSlot(0, vector, 0)
    return builder.EndObject()


def _add_tensor(builder, tensor):
    rows, columns, name, data = tensor
    builder.StartVector(4, len(data) // 4, 4)  # first, so that everything else lies before it in the message
    builder.head -= len(data)
    builder.Bytes[builder.head : builder.head + len(data)] = data
    data = builder.EndVector()
    name = _add_text(builder, name)
    builder.StartObject(4)
    builder.PrependUint32Slot(0, rows, 0)
    builder.PrependUint32Slot(1, columns, 0)
    builder.PrependUOffsetTRelativeSlot(2, name, 0)
    builder.PrependUOffsetTRelativeSlot(3, data, 0)
    return builder.EndObject()


def _record_of(table):
    return (*NUMBERS.unpack_from(table.Bytes, _field(table, 0)), _text(table, 1))


def _records_of(table):
    offset = _field(table, 0) - table.Pos
    begin, count = table.Vector(offset), table.VectorLen(offset)
    if count != RECORDS:
        raise ValueError("%d records" % count)
    return [_record_of(Table(table.Bytes, table.Indirect(begin + 4 * index))) for index in range(count)]


def _tensor_of(table):
    rows, columns = (table.Get(types.Uint32Flags, _field(table, index)) for index in range(2))
    offset = _field(table, 3) - table.Pos
    begin, size = table.Vector(offset), 4 * table.VectorLen(offset)
    if size != DATA_BYTES:
        raise ValueError("%d bytes of data" % size)
    return rows, columns, _text(table, 2), table.Bytes[begin : begin + size]


ADD = {"record": _add_record, "telemetry": _add_telemetry, "tensor": _add_tensor}
OF = {"record": _record_of, "telemetry": _records_of, "tensor": _tensor_of}


class Codec(Base):
    """Builds messages in the segment's own memory, from the end of the slot downwards, and leaves a tensor's data there."""

    ENCODES_IN_PLACE = True
    SLACK_BYTES = 16  # before the last number the builder asks for room for the largest, whatever is to come
    DECODES_IN_PLACE = True

    def encode(self, values, room):
        """Writes the message into `room`; returns (begin, length)."""
        builder = flatbuffers.Builder(0)
        builder.Bytes = room
        builder.head = len(room)
        builder.Finish(ADD[self.shape.NAME](builder, values))
        if builder.Bytes is not room:  # it has taken a larger memory
            raise ValueError("the message is larger than its slot")
        return builder.head, len(room) - builder.head

    def decode(self, message):
        """The values of a message."""
        view = memoryview(message)
        return OF[self.shape.NAME](Table(view, struct.unpack_from("<I", view)[0]))
