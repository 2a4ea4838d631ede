# SPDX-License-Identifier: Apache-2.0
"""Header and descriptor have the golden bytes that every language shares (peers/golden)."""

from pathlib import Path

from test_layout import ACKNOWLEDGEMENT, HEADER

from shmbed_peer import descriptor as descriptors
from shmbed_peer import header as headers

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def golden(name):
    """The bytes of a dump: hex digits; from a # to the end of the line is a comment."""
    lines = (GOLDEN / name).read_text().splitlines()
    return bytes.fromhex(" ".join(line.split("#")[0] for line in lines))


def test_the_header_has_the_golden_bytes():
    assert headers.pack(HEADER) == golden("framed.hex")
    assert headers.unpack(golden("framed.hex")) == HEADER


def test_the_descriptor_has_the_golden_bytes():
    packed = bytearray(descriptors.SIZE)
    descriptors.pack(packed, ACKNOWLEDGEMENT)
    assert packed == golden("descriptor.hex")
    assert descriptors.unpack(golden("descriptor.hex")) == ACKNOWLEDGEMENT


def test_the_words_of_state_and_sequence_are_where_the_header_has_them():
    words = memoryview(golden("framed.hex")).cast("Q")
    assert words[headers.STATE_WORD] == HEADER.state
    assert words[headers.SEQUENCE_WORD] == HEADER.sequence
