# SPDX-License-Identifier: Apache-2.0
"""Header and descriptor: what is accepted, and what is refused by which name."""

import pytest

from shmbed_peer import descriptor as descriptors
from shmbed_peer import header as headers
from shmbed_peer.channel.lane import BLOCK_SIZE
from shmbed_peer.descriptor import Descriptor
from shmbed_peer.errors import PeerError
from shmbed_peer.header import Header

# The values of peers/golden/framed.hex and descriptor.hex
HEADER = Header(
    b"SHMBED",
    1,
    128,
    0,
    73728,
    0x0123456789ABCDEF,
    4711,
    987654321,
    bytes.fromhex("00112233445566778899aabbccddeeff"),
    1,
    42,
    128,
    8832,
    16128,
    4,
)
ACKNOWLEDGEMENT = Descriptor(42, 24960, 16000, HEADER.generation, -1234567890123456789, 0xE3069283, 3)
DESCRIPTOR = ACKNOWLEDGEMENT._replace(flags=1)  # of the message that it answers


def test_the_golden_header_and_descriptor_are_accepted():
    headers.check(HEADER, "x", 73728, BLOCK_SIZE)
    descriptors.check(DESCRIPTOR, HEADER, 41)
    descriptors.check_acknowledgement(ACKNOWLEDGEMENT, HEADER, 41)


@pytest.mark.parametrize("flags", [0, 1, 4, 6])
def test_what_is_no_acknowledgement_is_refused(flags):
    with pytest.raises(PeerError, match="DESCRIPTOR_FLAGS"):
        descriptors.check_acknowledgement(ACKNOWLEDGEMENT._replace(flags=flags), HEADER, 41)


def test_a_new_header_says_who_made_it_and_has_a_generation_of_its_own():
    one, two = (headers.new(256, 0, 128, 128, 1) for _ in range(2))
    assert one.generation != two.generation
    assert one.creator_start_time == two.creator_start_time > 0
    assert len(one.boot_id) == 16
    headers.check(one, "x", 256, 0)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("HEADER_MAGIC", {"magic": b"SHMBEE"}),
        ("HEADER_VERSION", {"version": 2}),
        ("HEADER_VERSION", {"version": 0x0100}),  # the other byte order
        ("HEADER_SIZE", {"header_size": 127}),
        ("SEGMENT_SIZE", {"segment_size": 73729}),
        ("SEGMENT_SIZE", {"segment_size": 127}),
        ("SEGMENT_SIZE", {"segment_size": 2**64 - 1}),
        ("HEADER_GENERATION", {"generation": 0}),
        ("HEADER_OFFSET", {"payload_offset": 8831}),
        ("HEADER_OFFSET", {"payload_offset": 0}),
        ("HEADER_OFFSET", {"payload_offset": 73728 + 128}),
        ("HEADER_OFFSET", {"payload_offset": 2**64 - 128}),
        ("HEADER_OFFSET", {"slot_size": 16127}),
        ("HEADER_OFFSET", {"slot_size": 2**64 - 128}),
        ("HEADER_OFFSET", {"slot_size": 2**62, "slot_count": 4}),  # 0 in 64 bits
        ("HEADER_OFFSET", {"slot_count": 0}),
        ("HEADER_OFFSET", {"slot_count": 5}),
        ("HEADER_OFFSET", {"slot_count": 9, "slot_size": 128}),
        ("HEADER_OFFSET", {"channel_offset": 0}),
        ("HEADER_OFFSET", {"channel_offset": 64}),
        ("HEADER_OFFSET", {"channel_offset": 256}),
        ("HEADER_OFFSET", {"channel_offset": 2**64 - 128}),
    ],
)
def test_a_header_that_lies_is_refused_by_name(rule, change):
    with pytest.raises(PeerError, match="EBADMSG") as caught:
        headers.check(HEADER._replace(**change), "x", 73728, BLOCK_SIZE)
    assert (caught.value.call, caught.value.rule) == ("header", rule)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("STALE_GENERATION", {"generation": 1, "seq": 7}),  # looked at first
        ("SEQUENCE_REPEATED", {"seq": 41}),
        ("SEQUENCE_REPEATED", {"seq": 0}),
        ("SEQUENCE_GAP", {"seq": 43, "offset": 0}),
        ("DESCRIPTOR_BOUNDS", {"offset": 73729}),
        ("DESCRIPTOR_BOUNDS", {"offset": 73728, "length": 1}),
        ("DESCRIPTOR_BOUNDS", {"length": 73728 - 24960 + 1}),
        ("DESCRIPTOR_BOUNDS", {"length": 2**64 - 24960}),  # offset + length is 0 in 64 bits
        ("DESCRIPTOR_BOUNDS", {"offset": 2**64 - 1, "length": 1}),
        ("DESCRIPTOR_BOUNDS", {"offset": 8831}),
        ("DESCRIPTOR_BOUNDS", {"length": 16129}),
        ("DESCRIPTOR_FLAGS", {"flags": 4}),
        ("DESCRIPTOR_FLAGS", {"flags": 3}),
    ],
)
def test_a_descriptor_that_lies_is_refused_by_name(rule, change):
    with pytest.raises(PeerError) as caught:
        descriptors.check(DESCRIPTOR._replace(**change), HEADER, 41)
    assert (caught.value.call, caught.value.rule) == ("descriptor", rule)


def test_a_descriptor_may_end_where_the_segment_ends():
    descriptors.check(DESCRIPTOR._replace(offset=73728 - 16128, length=16128), HEADER, 41)
    descriptors.check(DESCRIPTOR._replace(offset=73728, length=0), HEADER, 41)
