# SPDX-License-Identifier: Apache-2.0
"""Lanes in this process: order, wrap-around, full and empty, with and without the fence of other processors."""

import pytest

from shmbed_peer import atomic
from shmbed_peer.channel.lane import BLOCK_SIZE, HEAD_WORD, SLOTS, Lanes
from shmbed_peer.errors import PeerError


@pytest.fixture(params=[True, False], ids=["ordered", "fenced"])
def sides(request, monkeypatch):
    """(the writer's lanes, the reader's lanes, the segment's bytes)."""
    monkeypatch.setattr(atomic, "_ORDERED", request.param)
    segment = bytearray(128 + BLOCK_SIZE)
    view = memoryview(segment)
    writer, reader = (Lanes(view, 128, is_writer) for is_writer in (True, False))
    yield writer, reader, segment
    writer.release()
    writer.release()
    reader.release()


def descriptor(n):
    """48 bytes that no other n has."""
    return n.to_bytes(48, "big")


def test_descriptors_come_in_order_over_many_rounds_and_both_ways(sides):
    writer, reader, _ = sides
    buffer = bytearray(48)
    for n in range(0, 10 * SLOTS, 7):
        for i in range(n, n + 7):
            writer.send.publish(descriptor(i))
        for i in range(n, n + 7):
            assert not reader.receive.is_empty()
            reader.receive.consume(buffer)
            assert buffer == descriptor(i)
            reader.send.publish(buffer)
            writer.receive.consume(buffer)
            assert buffer == descriptor(i)
    assert reader.receive.is_empty()
    assert writer.receive.is_empty()


def test_the_65th_unread_descriptor_is_eproto(sides):
    writer, reader, _ = sides
    for n in range(SLOTS):
        writer.send.publish(descriptor(n))
    with pytest.raises(PeerError, match="EPROTO"):
        writer.send.publish(descriptor(SLOTS))
    reader.receive.consume(bytearray(48))
    writer.send.publish(descriptor(SLOTS))


def test_words_and_slots_lie_where_the_contract_has_them(sides):
    writer, reader, segment = sides
    writer.send.publish(descriptor(1))
    writer.send.publish(descriptor(2))
    reader.receive.consume(bytearray(48))
    assert segment[128:136] == (2).to_bytes(8, "little")  # tail
    assert segment[256:264] == (1).to_bytes(8, "little")  # head
    assert segment[384 + 64 : 384 + 64 + 48] == descriptor(2)
    reader.send.publish(descriptor(3))
    assert segment[128 + 4352 : 128 + 4352 + 8] == (1).to_bytes(8, "little")


@pytest.mark.parametrize("head", [1, 2**64 - 1])
def test_a_head_beyond_the_tail_is_eproto(sides, head):
    writer, _, segment = sides
    at = 128 + 8 * HEAD_WORD
    segment[at : at + 8] = head.to_bytes(8, "little")
    with pytest.raises(PeerError, match="EPROTO"):
        writer.send.publish(descriptor(1))
