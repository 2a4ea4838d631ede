# SPDX-License-Identifier: Apache-2.0
"""json, by the module json.

By convention 64-bit integers are strings (a JSON number is exact up to 2^53 only), a double that is no number is a string, and
the tensor's data is base64.
"""

import binascii
import json
import math
import re
import struct

from . import Base

F64 = struct.Struct("<d")
U64 = struct.Struct("<Q")
NAN = re.compile("NaN:[0-9a-f]{16}")
INTEGER = re.compile("-?[0-9]{1,20}")
INFINITIES = {"Infinity": math.inf, "-Infinity": -math.inf}


def _double(value):
    if math.isfinite(value):
        return value
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN:%016x" % U64.unpack(F64.pack(value))


def _double_of(value):
    if not isinstance(value, str):
        return float(value)
    if value in INFINITIES:
        return INFINITIES[value]
    if not NAN.fullmatch(value):
        raise ValueError("no number: %r" % value)
    return F64.unpack(U64.pack(int(value[4:], 16)))[0]


def _integer_of(text):
    if not INTEGER.fullmatch(text):
        raise ValueError("no integer: %r" % text)
    return int(text)


def _object(record):
    id, time, x, y, sensor, note = record
    return {"id": str(id), "time": str(time), "x": _double(x), "y": _double(y), "sensor": sensor, "note": note}


def _record_of(item):
    return (
        _integer_of(item["id"]),
        _integer_of(item["time"]),
        _double_of(item["x"]),
        _double_of(item["y"]),
        item["sensor"],
        item["note"],
    )


class Codec(Base):
    """Text without blanks, UTF-8."""

    def encode(self, values, _):
        """The message, as bytes."""
        return json.dumps(self._document(values), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")

    def decode(self, message):
        """The values of a message."""
        document = json.loads(message)
        if self.shape.NAME == "telemetry":
            return [_record_of(item) for item in document["records"]]
        if self.shape.NAME == "tensor":
            return document["rows"], document["columns"], document["name"], binascii.a2b_base64(document["data"])
        return _record_of(document)

    def _document(self, values):
        if self.shape.NAME == "telemetry":
            return {"records": [_object(record) for record in values]}
        if self.shape.NAME == "tensor":
            rows, columns, name, data = values
            base64 = binascii.b2a_base64(data, newline=False).decode("ascii")
            return {"rows": rows, "columns": columns, "name": name, "data": base64}
        return _object(values)
