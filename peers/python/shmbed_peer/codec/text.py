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
UNSIGNED_32, UNSIGNED_64 = range(1 << 32), range(1 << 64)
SIGNED_32, SIGNED_64 = range(-1 << 31, 1 << 31), range(-1 << 63, 1 << 63)
INFINITIES = {"Infinity": math.inf, "-Infinity": -math.inf}


def _double(value):
    if math.isfinite(value):
        return value
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN:%016x" % U64.unpack(F64.pack(value))


def _double_of(value):
    if type(value) is float and math.isfinite(value):  # 1e999 is not
        return value
    if type(value) is int:  # and True is another type
        return float(value)
    if type(value) is not str:
        raise ValueError("no number: %r" % value)
    if value in INFINITIES:
        return INFINITIES[value]
    (number,) = F64.unpack(U64.pack(int(value[4:], 16))) if NAN.fullmatch(value) else (0.0,)
    if not math.isnan(number):
        raise ValueError("no number: %r" % value)
    return number


def _integer_of(text, limits):
    """The integer in a string of digits."""
    if not INTEGER.fullmatch(text):
        raise ValueError("no integer: %r" % text)
    return _in(limits, int(text))


def _in(limits, number):
    if type(number) is not int or number not in limits:
        raise ValueError("no integer of that size: %r" % number)
    return number


def _text(value):
    if type(value) is not str:
        raise ValueError("no text: %r" % value)
    return value


def _object(record):
    id, time, x, y, sensor, note = record
    return {"id": str(id), "time": str(time), "x": _double(x), "y": _double(y), "sensor": sensor, "note": note}


def _record_of(item):
    return (
        _integer_of(item["id"], UNSIGNED_64),
        _integer_of(item["time"], SIGNED_64),
        _double_of(item["x"]),
        _double_of(item["y"]),
        _in(SIGNED_32, item["sensor"]),
        _text(item["note"]),
    )


def _no_constant(name):
    raise ValueError("JSON has no " + name)


DECODER = json.JSONDecoder(parse_constant=_no_constant)


class Codec(Base):
    """Text without blanks, UTF-8."""

    def encode(self, values, _):
        """The message, as bytes."""
        return json.dumps(self._document(values), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")

    def decode(self, message):
        """The values of a message."""
        document = DECODER.decode(message.decode("utf-8"))
        if self.shape.NAME == "telemetry":
            return [_record_of(item) for item in document["records"]]
        if self.shape.NAME == "tensor":
            rows, columns = (_in(UNSIGNED_32, document[field]) for field in ("rows", "columns"))
            return rows, columns, _text(document["name"]), binascii.a2b_base64(document["data"])
        return _record_of(document)

    def _document(self, values):
        if self.shape.NAME == "telemetry":
            return {"records": [_object(record) for record in values]}
        if self.shape.NAME == "tensor":
            rows, columns, name, data = values
            base64 = binascii.b2a_base64(data, newline=False).decode("ascii")
            return {"rows": rows, "columns": columns, "name": name, "data": base64}
        return _object(values)
