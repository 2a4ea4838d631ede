# SPDX-License-Identifier: Apache-2.0
"""The rings of channel `rtering`: offsets, lies, full and empty, several processes at one ring, and one that dies."""

import ctypes
import errno
import mmap
import os
import select
import signal
import time

import pytest
from conftest import DEADLINE_S, NEEDS_DPDK

from shmbed_peer.channel import rtering
from shmbed_peer.channel.rtering import CONS_LINES, HEAD, HEADER_SIZE, PROD_LINES, STRUCT_LINES, TAIL, Ring, words
from shmbed_peer.errors import PeerError

pytestmark = NEEDS_DPDK
AT = 128
LAST = 2**32 - 1
EACH = 20000


@pytest.fixture
def memory():
    """Zeroed memory that processes share."""
    with mmap.mmap(-1, 1 << 20) as shared, memoryview(shared) as view:
        yield view


@pytest.fixture
def sides(memory):
    """Makes a ring of these words; returns its producer's and its consumer's side."""
    made = []

    def make(text):
        chosen = words(text)
        made.extend(Ring(memory, AT, chosen.count, chosen) for _ in range(2))
        made[0].create(b"shmbed.r", chosen.start, "rtering:" + text)
        made[0].check("rtering:" + text)
        return made

    yield make
    for ring in made:
        ring.release()
        ring.release()


def part(name):
    """Where a part of the ring begins."""
    lines = {"prod": PROD_LINES, "cons": CONS_LINES, "elements": STRUCT_LINES, "ring": 0}
    return AT if name == "header" else AT + HEADER_SIZE + lines[name] * rtering.library().line


def put(memory, at, value):
    """Stores a u32."""
    memory[at : at + 4] = (value % 2**32).to_bytes(4, "little")


def descriptor(*numbers):
    """48 bytes."""
    return b"".join(number.to_bytes(8, "little") for number in numbers).ljust(48, b"\5")


def test_the_offsets_are_those_of_the_dpdk_that_is_installed():
    line = rtering.library().line
    assert rtering.library().layout == rtering.layout(line)
    assert line in (64, 128)


@pytest.mark.parametrize("text", ["", "mp", "index", "mp,index"])
def test_a_ring_holds_one_less_than_its_slots_and_goes_over_the_end_of_32_bits(sides, text):
    producer, consumer = sides((text + "," if text else "") + "count=8,start=%d" % (LAST - 3))
    buffer = bytearray(48)
    for begin in range(0, 70, 7):
        assert consumer.is_empty()
        assert consumer.dequeue(buffer) == errno.EAGAIN
        for n in range(begin, begin + 7):
            assert producer.enqueue(descriptor(n)) == 0
        assert producer.enqueue(descriptor(0)) == errno.EAGAIN
        assert not consumer.is_empty()
        for n in range(begin, begin + 7):
            assert consumer.dequeue(buffer) == 0
            assert buffer == descriptor(n)


@pytest.mark.parametrize(
    ("rule", "where", "at", "value"),
    [
        ("RING_MAGIC", "header", 0, 1),
        ("RING_VERSION", "header", 8, 2),
        ("RING_LINE", "header", 12, 63),
        ("RING_ELEMENT", "header", 16, 8),
        ("RING_COUNT", "header", 20, 128),
        ("RING_SYNC", "header", 24, 0),
        ("RING_COUNT", "header", 28, 128),
        ("RING_BYTES", "header", 32, 1),
        ("RING_SIZE", "ring", rtering.SIZE, 128),
        ("RING_SIZE", "ring", rtering.MASK, LAST),
        ("RING_SIZE", "ring", rtering.CAPACITY, 64),
        ("RING_COUNTERS", "prod", TAIL, 64),
        ("RING_SYNC", "prod", rtering.SYNC, 0),
        ("RING_COUNTERS", "cons", TAIL, 1),
        ("RING_SYNC", "cons", rtering.SYNC, 2),
    ],
)
def test_a_ring_that_lies_is_a_named_error(sides, memory, rule, where, at, value):
    _, consumer = sides("")
    put(memory, part(where) + at, value)
    with pytest.raises(PeerError) as lie:
        consumer.check("rtering")
    assert (lie.value.call, lie.value.errno, lie.value.rule) == ("ring", errno.EBADMSG, rule)


@pytest.mark.parametrize("text", ["", "mp"])
@pytest.mark.parametrize(
    ("where", "at", "value"), [("prod", TAIL, 64), ("ring", rtering.MASK, LAST), ("ring", rtering.SIZE, 0)]
)
def test_a_lie_that_is_told_later_is_eproto(sides, memory, text, where, at, value):
    _, consumer = sides(text)
    put(memory, part(where) + at, value)
    assert consumer.dequeue(bytearray(48)) == errno.EPROTO


def test_an_element_that_leads_out_of_the_table_is_ebadmsg(sides, memory):
    producer, consumer = sides("index")
    assert producer.enqueue(descriptor(1)) == 0
    put(memory, part("elements"), 128)
    assert consumer.dequeue(bytearray(48)) == errno.EBADMSG


def child(work):
    """Runs work() in a process of its own; returns its id. The exit code is 0 when it came to its end."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return pid


def until_done(attempt, *arguments):
    """Tries until there is room, or something to take."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        number = attempt(*arguments)
        if number == 0:
            return
        assert number == errno.EAGAIN
        assert time.monotonic() < deadline
        os.sched_yield()


@pytest.mark.parametrize(("text", "producers"), [("", 1), ("mp", 1), ("mp", 3)])
def test_processes_enqueue_and_each_element_comes_once_and_in_its_producers_order(sides, text, producers):
    producer, consumer = sides((text + "," if text else "") + "count=16,start=%d" % (LAST - EACH))

    def produce(own):
        for n in range(EACH // producers):
            until_done(producer.enqueue, descriptor(own, n))

    pids = [child(lambda own=own: produce(own)) for own in range(producers)]
    buffer = bytearray(48)
    nexts = [0] * producers
    for _ in range(EACH // producers * producers):
        until_done(consumer.dequeue, buffer)
        own, n = int.from_bytes(buffer[:8], "little"), int.from_bytes(buffer[8:16], "little")
        assert n == nexts[own]
        nexts[own] += 1
    assert nexts == [EACH // producers] * producers
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * producers
    assert consumer.is_empty()


def test_a_producer_that_is_killed_takes_nothing_with_it_that_it_had_enqueued(sides):
    producer, consumer = sides("mp,count=4096")
    here, there = os.pipe()

    def produce():
        for n in range(3000):
            until_done(producer.enqueue, descriptor(n))
        os.write(there, b"1")  # between head and tail its death would be that of the next test
        signal.pause()

    pid = child(produce)
    assert select.select([here], [], [], DEADLINE_S)[0]
    os.close(here)
    os.close(there)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    buffer = bytearray(48)
    for n in range(3000):
        assert consumer.dequeue(buffer) == 0
        assert buffer == descriptor(n)
    assert producer.enqueue(descriptor(7)) == 0  # others go on
    assert consumer.dequeue(buffer) == 0
    assert buffer == descriptor(7)


@pytest.mark.parametrize(("side", "attempt"), [("prod", "enqueue"), ("cons", "dequeue")])
def test_one_that_died_between_head_and_tail_does_not_hang_the_others(sides, memory, side, attempt):
    producer, consumer = sides("mp")
    assert producer.enqueue(descriptor(1)) == 0
    put(memory, part(side) + HEAD, 2 if side == "prod" else 1)
    ring = producer if attempt == "enqueue" else consumer
    assert getattr(ring, attempt)(bytearray(48)) == errno.EAGAIN  # at once; the channel has a deadline for it


def test_a_ring_is_given_back_so_that_its_memory_can_be_unmapped():
    shared = mmap.mmap(-1, 1 << 16)
    with memoryview(shared) as view:
        ring = Ring(view, 0, 64, words("index"))
        ring.release()
    shared.close()
    assert ctypes.sizeof(rtering._Ring) == 24
