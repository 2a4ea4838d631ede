# SPDX-License-Identifier: Apache-2.0
"""protobuf, by the module protobuf and what its compiler makes of peers/schema/shapes.proto."""

from google.protobuf.runtime_version import VersionError

from . import Base

try:
    from .shapes_pb2 import Record, Telemetry, Tensor
except VersionError as failure:
    raise ImportError(str(failure), name="google.protobuf") from failure

MESSAGES = {"record": Record, "telemetry": Telemetry, "tensor": Tensor}


def _fill(message, record):
    message.id, message.time, message.x, message.y, message.sensor, note = record
    message.note = note.encode("utf-8")


def _record_of(message):
    return message.id, message.time, message.x, message.y, message.sensor, message.note.decode("utf-8")


class Codec(Base):
    """The module takes and makes bytes."""

    def encode(self, values, _):
        """The message, as bytes."""
        message = MESSAGES[self.shape.NAME]()
        if self.shape.NAME == "telemetry":
            for record in values:
                _fill(message.records.add(), record)
        elif self.shape.NAME == "tensor":
            message.rows, message.columns, name, data = values
            message.name = name.encode("utf-8")
            message.data = bytes(data)
        else:
            _fill(message, values)
        return message.SerializeToString()

    def decode(self, message):
        """The values of a message."""
        parsed = MESSAGES[self.shape.NAME].FromString(message)
        if not parsed.IsInitialized():
            raise ValueError("a field is missing")
        if self.shape.NAME == "telemetry":
            return [_record_of(record) for record in parsed.records]
        if self.shape.NAME == "tensor":
            return parsed.rows, parsed.columns, parsed.name.decode("utf-8"), parsed.data
        return _record_of(parsed)
