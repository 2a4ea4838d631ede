# SPDX-License-Identifier: Apache-2.0
"""The histogram's bytes are those of HdrHistogram for Java (2.2.2), which made the expected values here."""

import base64
import struct
import zlib

import pytest

from shmbed_peer.histogram import HIGHEST_NS, encode

HEADER = "00000000" + "00000003" + "0000000000000001" + "0000034630b8a000" + "3ff0000000000000"


def decompressed(values):
    """The V2 encoding inside of the compressed one."""
    encoded = base64.b64decode(encode(values))
    cookie, length = struct.unpack_from(">II", encoded)
    assert cookie == 0x1C849314
    assert length == len(encoded) - 8
    return zlib.decompress(encoded[8:])


@pytest.mark.parametrize(
    ("values", "length", "counts"),
    [
        ([], 1, "00"),
        ([0], 1, "02"),
        ([1, 1, 2, 3], 4, "00040202"),
        ([2047, 2048, 2049, 4095, 4096, 4097], 8, "fd1f0204fb0f0204"),
        ([50, 1000, 1000, 27449, 40000000, HIGHEST_NS], 16, "6302e90e04934b029fa801028d870202"),
        ([0, 5, 7, 1000000], 9, "0207020002b1ae0102"),
    ],
)
def test_a_histogram_is_encoded_as_in_java(values, length, counts):
    assert decompressed(values).hex() == "1c849313%08x" % length + HEADER + counts


def test_two_thousand_values_of_every_size_are_encoded_as_in_java():
    x, values = 1, []
    for i in range(2000):
        x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append((x >> 20) % (1 << (i % 41)))
    encoded = decompressed(values)
    assert (len(encoded), zlib.crc32(encoded)) == (3170, 1534804601)


def test_what_is_beyond_an_hour_counts_as_an_hour():
    assert encode([HIGHEST_NS + 1]) == encode([HIGHEST_NS])
