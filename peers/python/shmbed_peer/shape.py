# SPDX-License-Identifier: Apache-2.0
"""The values of the contract's section 10, and their images: the little-endian bytes that say what they are."""

import struct

RECORD = struct.Struct("<QqddiI24s")  # id, time, x, y, sensor, note: its length and its bytes
TENSOR = struct.Struct("<III24s28x")  # rows, columns, name: its length and its bytes
COUNT = struct.Struct("<Q")
TEXT_BYTES_MAX = 24
RECORDS = 1000
ROWS = COLUMNS = 512
DATA_BYTES = ROWS * COLUMNS * 4


def text_bytes(text):
    """The UTF-8 of a text. Raises ValueError where it does not fit."""
    encoded = text.encode("utf-8")
    if len(encoded) > TEXT_BYTES_MAX:
        raise ValueError("a text of %d bytes" % len(encoded))
    return encoded


def text_of(length, room):
    """The text in the first `length` bytes of its room. Raises ValueError where there is none, or something behind it."""
    if length > TEXT_BYTES_MAX or room[length:].strip(b"\0"):
        raise ValueError("no text of %d bytes" % length)
    return room[:length].decode("utf-8")


def pack_record(into, offset, record):
    """Writes a record's image."""
    id, time, x, y, sensor, note = record
    note = text_bytes(note)
    RECORD.pack_into(into, offset, id, time, x, y, sensor, len(note), note)


def unpack_records(view):
    """The records of images that lie one after the other."""
    return [
        (id, time, x, y, sensor, text_of(length, room)) for id, time, x, y, sensor, length, room in RECORD.iter_unpack(view)
    ]


class Record:
    """One record: a tuple of id, time, x, y, sensor and note."""

    NAME = "record"
    IMAGE_BYTES = RECORD.size

    @staticmethod
    def pack_into(into, values):
        """Writes the image."""
        pack_record(into, 0, values)

    @staticmethod
    def unpack(image):
        """The values of an image. Raises ValueError or struct.error."""
        (record,) = unpack_records(image)
        return record


class Telemetry:
    """A list of 1,000 records."""

    NAME = "telemetry"
    IMAGE_BYTES = COUNT.size + RECORDS * RECORD.size

    @staticmethod
    def pack_into(into, values):
        """Writes the image."""
        if len(values) != RECORDS:
            raise ValueError("%d records" % len(values))
        COUNT.pack_into(into, 0, RECORDS)
        for index, record in enumerate(values):
            pack_record(into, COUNT.size + index * RECORD.size, record)

    @staticmethod
    def unpack(image):
        """The values of an image. Raises ValueError or struct.error."""
        (count,) = COUNT.unpack_from(image)
        if count != RECORDS:
            raise ValueError("%d records" % count)
        return unpack_records(image[COUNT.size :])


class Tensor:
    """A tuple of rows, columns, name and data: a buffer of little-endian float32, which is never copied without need."""

    NAME = "tensor"
    IMAGE_BYTES = TENSOR.size + DATA_BYTES

    @staticmethod
    def pack_into(into, values):
        """Writes the image."""
        rows, columns, name, data = values
        if (rows, columns, len(data)) != (ROWS, COLUMNS, DATA_BYTES):
            raise ValueError("a tensor of %d x %d in %d bytes" % (rows, columns, len(data)))
        name = text_bytes(name)
        TENSOR.pack_into(into, 0, rows, columns, len(name), name)
        into[TENSOR.size : TENSOR.size + DATA_BYTES] = data

    @staticmethod
    def unpack(image):
        """The values of an image; the data is a part of it. Raises ValueError or struct.error."""
        rows, columns, length, room = TENSOR.unpack_from(image)
        if (rows, columns) != (ROWS, COLUMNS):
            raise ValueError("a tensor of %d x %d" % (rows, columns))
        return rows, columns, text_of(length, room), image[TENSOR.size :]


SHAPES = {shape.NAME: shape for shape in (Record, Telemetry, Tensor)}
