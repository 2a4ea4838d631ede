# SPDX-License-Identifier: Apache-2.0
"""The codecs: golden messages, every shape there and back, messages that are none, libraries that are missing."""

import shutil
import struct
import subprocess
import sys
import types

import cbor2
import msgpack
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
@pytest.mark.parametrize("line", [0, 7])  # of integers that need a whole varint, protobuf's library ignores the last bits
def test_a_damaged_message_is_refused_or_has_other_values(name, line):
    codec = codecs.make(name, SHAPES["record"])
    whole = lines("values")[line]
    message = bytearray(encoded(codec, whole))
    for index in range(len(message)):
        for bit in range(8):
            message[index] ^= 1 << bit
            image = decoded(codec, bytes(message))
            assert image is None or len(image) == 64
            if name in CANONICAL:
                assert image != whole, (index, bit)
            message[index] ^= 1 << bit


@pytest.mark.parametrize("name", ["raw", "struct", "flatbuffers"])
def test_a_tensor_s_data_is_not_copied(name):
    """What changes in the message afterwards is seen in the values."""
    codec = codecs.make(name, SHAPES["tensor"])
    message = bytearray(encoded(codec, image_of("tensor")))
    values = codec.decode(memoryview(message))
    at = message.rindex(image_of("tensor")[-DATA_BYTES:]) + 4711
    before = bytes(codec.image(values))
    message[at] ^= 1
    after = bytes(codec.image(values))
    assert [i for i in range(len(before)) if before[i] != after[i]] == [TENSOR.size + 4711]


@pytest.mark.parametrize("name", ["msgpack", "cbor"])
@pytest.mark.parametrize("change", [{"x": 1}, {"y": True}, {"sensor": True}, {"sensor": 3.0}, {"id": "1"}, {"note": b"n"}])
def test_a_value_of_another_type_is_refused(name, change):
    codec = codecs.make(name, SHAPES["record"])
    pack = msgpack.packb if name == "msgpack" else cbor2.dumps
    fields = {"id": 1, "time": -2, "x": 1.5, "y": 2.0, "sensor": 3, "note": "n"}
    assert codec.decode(pack(fields)) == (1, -2, 1.5, 2.0, 3, "n")
    fields.update(change)
    with pytest.raises((ValueError, TypeError)):
        codec.decode(pack(fields))


def json_record(**change):
    """A message, with changes that are JSON."""
    fields = {"id": '"1"', "time": '"-2"', "x": "1.5", "y": "2", "sensor": "3", "note": '"n"'}
    fields.update(change)
    return ("{%s}" % ",".join('"%s":%s' % field for field in fields.items())).encode()


@pytest.mark.parametrize(
    "change",
    [
        {"x": '"NaN:7ff0000000000000"'},  # infinity
        {"x": '"NaN:3ff0000000000000"'},  # 1.0
        {"x": '"NaN:7ff8"'},
        {"x": "NaN"},
        {"y": "Infinity"},
        {"y": "-Infinity"},
        {"x": "1e999"},
        {"x": "1" + 400 * "0"},
        {"x": "true"},
        {"x": "null"},
        {"x": '"1.5"'},
        {"x": "[1.5]"},
        {"sensor": "true"},
        {"sensor": "3.0"},
        {"sensor": '"3"'},
        {"sensor": "2147483648"},
        {"sensor": "-2147483649"},
        {"id": "1"},
        {"id": '"-1"'},
        {"id": '"18446744073709551616"'},
        {"time": '"9223372036854775808"'},
        {"time": '"-9223372036854775809"'},
        {"time": '"1.0"'},
        {"note": "5"},
    ],
    ids=lambda change: "-".join(*change.items())[:24],
)
def test_json_that_is_no_record_is_refused(change):
    codec = codecs.make("json", SHAPES["record"])
    assert codec.decode(json_record()) == (1, -2, 1.5, 2.0, 3, "n")
    with pytest.raises((ValueError, TypeError, OverflowError)):
        codec.decode(json_record(**change))


def test_json_is_utf_8():
    with pytest.raises(ValueError):
        codecs.make("json", SHAPES["record"]).decode(json_record().decode().encode("utf-16"))


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


def without_protobuf(monkeypatch):
    """The codec's modules are imported anew."""
    for module in ("proto", "shapes_pb2"):
        monkeypatch.delitem(sys.modules, "shmbed_peer.codec." + module, raising=False)


def test_a_protobuf_without_versions_is_unsupported(monkeypatch):
    without_protobuf(monkeypatch)
    monkeypatch.setitem(sys.modules, "google.protobuf.runtime_version", types.ModuleType("runtime_version"))
    with pytest.raises(Unsupported, match=r"codec protobuf: Python's module runtime_version does not fit .*: pip install -r"):
        codecs.make("protobuf", SHAPES["record"])


def test_a_protobuf_of_another_version_is_unsupported(monkeypatch):
    from google.protobuf import runtime_version

    def refuse(*_):
        raise runtime_version.VersionError("gencode 5.29.5 runtime 4.21.12")

    without_protobuf(monkeypatch)
    monkeypatch.setattr(runtime_version, "ValidateProtobufRuntimeVersion", refuse)
    with pytest.raises(
        Unsupported, match=r"module google.protobuf does not fit .gencode 5.29.5 runtime 4.21.12.: pip install"
    ):
        codecs.make("protobuf", SHAPES["record"])


def test_an_import_of_our_own_that_fails_is_no_missing_library(monkeypatch):
    monkeypatch.delitem(sys.modules, "shmbed_peer.codec.text", raising=False)
    monkeypatch.setitem(sys.modules, "shmbed_peer.codec.text", None)
    with pytest.raises(ImportError):
        codecs.make("json", SHAPES["record"])


def test_the_tree_s_packages_are_found_before_those_of_the_distribution(tmp_path):
    tree = tmp_path / "tree"
    package = tree / "peers" / "python" / "shmbed_peer"
    venv = tree / "build" / "venv" / "lib" / ("python%d.%d" % sys.version_info[:2]) / "site-packages"
    for folder in (package, venv, tmp_path / "dist-packages"):
        folder.mkdir(parents=True)
    shutil.copy(codecs.__file__.replace("codec/", ""), str(package))
    (venv / "which_one.py").write_text("print('venv')")
    (tmp_path / "dist-packages" / "which_one.py").write_text("print('distribution')")
    code = "import sys; sys.path += sys.argv[1:]; import shmbed_peer; shmbed_peer.use_packages(); import which_one"
    words = [sys.executable, "-c", code, str(package.parent), str(tmp_path / "dist-packages")]
    assert subprocess.run(words, cwd="/", stdout=subprocess.PIPE, check=True).stdout == b"venv\n"
