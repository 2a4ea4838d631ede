# SPDX-License-Identifier: Apache-2.0
"""msgpack, by the module msgpack: maps with the fields' names, integers in their shortest form, the tensor's data as bin."""

import msgpack

from . import Base, typed

FIELDS = ("id", "time", "x", "y", "sensor", "note")


def _record_of(item):
    return typed(tuple(item[field] for field in FIELDS))


class Codec(Base):
    """The module takes and makes bytes: it could read memory in place, but reads a length in it more than once."""

    def encode(self, values, _):
        """The message, as bytes."""
        if self.shape.NAME == "telemetry":
            document = {"records": [dict(zip(FIELDS, record)) for record in values]}
        elif self.shape.NAME == "tensor":
            rows, columns, name, data = values
            document = {"rows": rows, "columns": columns, "name": name, "data": data}
        else:
            document = dict(zip(FIELDS, values))
        return msgpack.packb(document)

    def decode(self, message):
        """The values of a message."""
        document = msgpack.unpackb(message)
        if self.shape.NAME == "telemetry":
            return [_record_of(item) for item in document["records"]]
        if self.shape.NAME == "tensor":
            return document["rows"], document["columns"], document["name"], document["data"]
        return _record_of(document)
