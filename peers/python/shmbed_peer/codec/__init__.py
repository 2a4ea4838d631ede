# SPDX-License-Identifier: Apache-2.0
"""A codec turns values into a message and a message into values (the contract's section 10). One file per codec."""

import importlib

from ..errors import Unsupported

# name -> module, each with a class Codec. A module named as its library would hide it.
CODECS = {
    "raw": "raw",
    "struct": "fixed",
    "json": "text",
    "msgpack": "messagepack",
    "cbor": "concise",
    "protobuf": "proto",
    "flatbuffers": "flat",
}

RECORD_TYPES = [int, int, float, float, int, str]


def typed(record):
    """The record, if each value has its field's type: to Python True is 1, and 1 is 1.0. Raises ValueError."""
    if list(map(type, record)) != RECORD_TYPES:
        raise ValueError("values of other types: %r" % (record,))
    return record


class Base:
    """What codecs have in common.

    ENCODES_IN_PLACE -- encode writes into its room and returns where (begin, length); else it returns the message
    SLACK_BYTES      -- bytes that encode needs in its room besides the message
    DECODES_IN_PLACE -- decode takes a memoryview of the segment; else a bytes object
    """

    ENCODES_IN_PLACE = False
    SLACK_BYTES = 0
    DECODES_IN_PLACE = False

    def __init__(self, shape):
        self.shape = shape

    def values(self, image):
        """What encode takes: the values of an image."""
        return self.shape.unpack(image)

    def image(self, values):
        """The image of what decode returned."""
        image = bytearray(self.shape.IMAGE_BYTES)
        self.shape.pack_into(image, values)
        return image


def make(name, shape):
    """The codec of that name for a shape. Raises Unsupported with the reason."""
    if name not in CODECS:
        raise Unsupported("codec %s: there are %s" % (name, ", ".join(CODECS)))
    try:
        module = importlib.import_module("shmbed_peer.codec." + CODECS[name])
    except ImportError as failure:  # one that is too old, too
        if failure.name is None or failure.name.startswith("shmbed_peer"):
            raise
        is_missing = isinstance(failure, ModuleNotFoundError)
        problem = "is not installed" if is_missing else "does not fit (%s)" % str(failure).splitlines()[0]
        remedy = "pip install -r peers/python/requirements.txt, or ./shmbed setup"
        raise Unsupported("codec %s: Python's module %s %s: %s" % (name, failure.name, problem, remedy)) from failure
    return module.Codec(shape)
