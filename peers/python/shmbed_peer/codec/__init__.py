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
    except ModuleNotFoundError as missing:
        remedy = "pip install -r peers/python/requirements.txt, or ./shmbed setup"
        raise Unsupported("codec %s: Python's module %s is not installed: %s" % (name, missing.name, remedy)) from missing
    return module.Codec(shape)
