# SPDX-License-Identifier: Apache-2.0
"""cbor, by the module cbor2.

Maps with the fields' names, definite lengths, integers in their shortest form, doubles in 8 bytes, the tensor's data as a
typed array (RFC 8746). By convention a double that is no number is a byte string: cbor2 writes every NaN as the same bytes.
"""

import math
import struct

import cbor2

from . import Base, typed

FLOAT32_LE = 85  # the tag: RFC 8746, table 1
DOUBLE = struct.Struct(">d")


def _double(value):
    return value if math.isfinite(value) else DOUBLE.pack(value)


def _double_of(value):
    if isinstance(value, float):
        return value
    (number,) = DOUBLE.unpack(value)
    if math.isfinite(number):
        raise ValueError("a number as bytes: %r" % number)
    return number


def _map(record):
    id, time, x, y, sensor, note = record
    return {"id": id, "time": time, "x": _double(x), "y": _double(y), "sensor": sensor, "note": note}


def _record_of(item):
    return typed((item["id"], item["time"], _double_of(item["x"]), _double_of(item["y"]), item["sensor"], item["note"]))


class Codec(Base):
    """The module takes and makes bytes."""

    def encode(self, values, _):
        """The message, as bytes."""
        if self.shape.NAME == "telemetry":
            document = {"records": [_map(record) for record in values]}
        elif self.shape.NAME == "tensor":
            rows, columns, name, data = values
            document = {"rows": rows, "columns": columns, "name": name, "data": cbor2.CBORTag(FLOAT32_LE, bytes(data))}
        else:
            document = _map(values)
        return cbor2.dumps(document)

    def decode(self, message):
        """The values of a message."""
        document = cbor2.loads(message)
        if self.shape.NAME == "telemetry":
            return [_record_of(item) for item in document["records"]]
        if self.shape.NAME == "tensor":
            data = document["data"]
            if data.tag != FLOAT32_LE:
                raise ValueError("tag %d" % data.tag)
            return document["rows"], document["columns"], document["name"], data.value
        return _record_of(document)
