# SPDX-License-Identifier: Apache-2.0
"""The codecs: golden messages, every shape there and back, messages that are none, libraries that are missing."""

import struct
import sys

import pytest
from test_golden import GOLDEN

from shmbed_peer import codec as codecs
from shmbed_peer.errors import Unsupported
from shmbed_peer.shape import DATA_BYTES, SHAPES, TENSOR

CANONICAL = ("raw", "struct", "msgpack", "cbor", "protobuf")  # equal values are equal bytes
IMAGES = ("raw", "struct")

every_codec = pytest.mark.parametrize("name", list(codecs.CODECS))
every_shape = pytest.mark.parametrize("shape", list(SHAPES))


def lines(name):
    """The bytes of each line of a golden dump."""
    texts = [line.split("#")[0].strip() for line in (GOLDEN / (name + ".hex")).read_text().splitlines()]
    return [bytes.fromhex(text) for text in texts if text]


def image_of(shape):
    """An image of that shape, with every golden record in it."""
    records = lines("values")
    if shape == "record":
        return records[1]
    if shape == "telemetry":
        return struct.pack("<Q", 1000) + b"".join(records[i % len(records)] for i in range(1000))
    return TENSOR.pack(512, 512, 3, b"a\0b") + bytes(i * 131 % 256 for i in range(1024)) * (DATA_BYTES // 1024)


def encoded(codec, image):
    """The message of an image, where it lies."""
    room = memoryview(bytearray(4 * len(image) + 1024))
    result = codec.encode(codec.values(memoryview(image)), room)
    return room[result[0] : sum(result)] if codec.ENCODES_IN_PLACE else result


@every_codec
def test_golden_messages_have_the_golden_values(name):
    codec = codecs.make(name, SHAPES["record"])
    messages, images = lines("values" if name in IMAGES else name), lines("values")
    assert len(messages) == len(images) == 16
    for message, image in zip(messages, images):
        view = memoryview(message) if codec.DECODES_IN_PLACE else message
        assert codec.image(codec.decode(view)) == image
        if name in CANONICAL:
            assert encoded(codec, image) == message


@every_codec
@every_shape
def test_values_come_back(name, shape):
    codec = codecs.make(name, SHAPES[shape])
    message = encoded(codec, image_of(shape))
    assert codec.image(codec.decode(memoryview(message) if codec.DECODES_IN_PLACE else bytes(message))) == image_of(shape)


def decoded(codec, message):
    """The image of what a message holds, None if it is refused."""
    try:
        return codec.image(codec.decode(message))
    except Exception:
        return None


@every_codec
@every_shape
def test_a_message_that_was_cut_is_refused(name, shape):
    codec = codecs.make(name, SHAPES[shape])
    image = image_of(shape)
    message = bytes(encoded(codec, image))
    for length in range(0, len(message), max(1, len(message) // 40)):
        assert decoded(codec, message[:length]) in (None, image)  # a format may end with padding


@every_codec
def test_a_damaged_message_is_refused_or_has_other_values(name):
    codec = codecs.make(name, SHAPES["record"])
    message = bytearray(encoded(codec, image_of("record")))
    for index in range(len(message)):
        for bit in range(8):
            message[index] ^= 1 << bit
            assert len(decoded(codec, bytes(message)) or bytes(64)) == 64
            message[index] ^= 1 << bit


@pytest.mark.parametrize(("shape", "at", "byte"), [("telemetry", 0, 1), ("tensor", 4, 1), ("record", 36, 25)])
def test_an_image_that_is_none_is_refused(shape, at, byte):
    image = bytearray(image_of(shape))
    image[at] = byte
    with pytest.raises(ValueError):
        SHAPES[shape].unpack(memoryview(image))


def test_a_library_that_is_missing_is_said_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "json", None)
    monkeypatch.delitem(sys.modules, "shmbed_peer.codec.text", raising=False)
    with pytest.raises(Unsupported, match="codec json: Python's module json is not installed: pip install -r"):
        codecs.make("json", SHAPES["record"])
