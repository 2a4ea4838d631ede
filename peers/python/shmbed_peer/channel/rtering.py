# SPDX-License-Identifier: Apache-2.0
"""Channel `rtering[:WORDS]`: two rings of DPDK (rte_ring) in the segment, looked at without a pause.

Enqueue and dequeue are librtering.so's, which is built with the C peers (peers/c/rtering). Like `spin` it burns a CPU while
it waits, as the data planes do that it is made for.
"""

import ctypes
import errno
import functools
import os
import re
import struct
from collections import namedtuple
from pathlib import Path

from ..descriptor import SIZE as DESCRIPTOR_SIZE
from ..errors import PeerError
from ..header import round_up
from . import ChannelBase

LOOKS = 1000  # at a ring, between two looks at the clock
COUNT = 64  # slots of a ring of which the SPEC says nothing, and of the ring to the writer
COUNT_MAX = 65536
START_MAX = 2**32 - 1
REMEDY = "sudo apt-get install --no-install-recommends libdpdk-dev && make -C peers/c"

HEADER = struct.Struct("<8sIIIIIIQ88x")
HEADER_SIZE = 128
assert HEADER.size == HEADER_SIZE
MAGIC = b"RTERING\0"
VERSION = 1
SYNC_MT, SYNC_ST = 0, 1
SLOT_SIZE = 64  # of the table

# Offsets in struct rte_ring; the sides' and the elements' by the cache line
FLAGS, MEMZONE, SIZE, MASK, CAPACITY = 32, 40, 48, 52, 56
PROD_LINES, CONS_LINES, STRUCT_LINES = 2, 4, 6
HEAD, TAIL, SYNC = 0, 4, 8
STRUCT_SIZE_MAX = STRUCT_LINES * 128

Header = namedtuple("Header", "magic version line element_size count sync_type table_slots ring_size")
Words = namedtuple("Words", "multi index count start")


def words(address):
    """The words of a SPEC. Raises ValueError."""
    multi = index = False
    numbers = {"count": COUNT, "start": 0}
    for word in address.split(",") if address else ():
        number = re.fullmatch("(count|start)=([0-9]{1,10})", word)
        if word == "mp":
            multi = True
        elif word == "index":
            index = True
        elif number and int(number.group(2)) <= (COUNT_MAX if number.group(1) == "count" else START_MAX):
            numbers[number.group(1)] = int(number.group(2))
        else:
            raise ValueError("its words are mp, index, count=N and start=N, with commas between them")
    count = numbers["count"]
    if count < 2 or count & (count - 1):
        raise ValueError("count=N: a power of two from 2 to %d" % COUNT_MAX)
    return Words(multi, index, count, numbers["start"])


def layout(line):
    """Where DPDK has what the contract names, in the order of peers/c/rtering/rtering.h, for a cache line."""
    sides = [side * line + field for side in (PROD_LINES, CONS_LINES) for field in (HEAD, TAIL, SYNC)]
    return [FLAGS, MEMZONE, SIZE, MASK, CAPACITY, *sides, STRUCT_LINES * line, line]


class _Ring(ctypes.Structure):
    """struct rtering."""

    _fields_ = (
        ("ring", ctypes.c_void_p),
        ("count", ctypes.c_uint32),
        ("element_size", ctypes.c_uint32),
        ("multi", ctypes.c_uint32),
    )


class _Library:
    """librtering.so. `missing` says what is not here, None if nothing."""

    def __init__(self):
        path = Path(__file__).resolve().parents[3] / "c" / "rtering" / "librtering.so"
        self.missing = None
        if not path.exists():
            self.missing = "DPDK not installed: " + REMEDY
            return
        try:
            library = ctypes.CDLL(str(path), use_errno=False)
        except OSError as failure:
            self.missing = "DPDK not installed, dlopen: %s: %s" % (failure, REMEDY)
            return
        library.rtering_bytes.restype = ctypes.c_int64
        self.bytes, self.create = library.rtering_bytes, library.rtering_create
        self.enqueue, self.dequeue = library.rtering_enqueue, library.rtering_dequeue
        offsets = (ctypes.c_uint32 * 13)()
        library.rtering_layout(offsets)
        self.layout = list(offsets)
        self.line = self.layout[-1]
        if self.layout != layout(self.line):
            self.missing = "this DPDK's struct rte_ring has another layout than the contract's section 8"


@functools.lru_cache(maxsize=None)
def library():
    """The library, loaded once."""
    return _Library()


def missing():
    """What this machine lacks for the channel, and the remedy; None if nothing."""
    return library().missing


class Rings:
    """The channel block as one side sees it: `send` is the ring that it enqueues into, `receive` the other."""

    def __init__(self, view, offset, is_writer, words):
        to_reader = Ring(view, offset, words.count, words)
        to_writer = Ring(view, offset + Ring.size(words.count, words.index), COUNT, words)
        self.send, self.receive = (to_reader, to_writer) if is_writer else (to_writer, to_reader)

    def release(self):
        """Gives the views back, so that the segment can be unmapped."""
        self.send.release()
        self.receive.release()


class Ring:
    """One ring. This process enqueues into it or dequeues from it, never both."""

    def __init__(self, view, offset, count, words):
        self._library = library()
        self._words = words
        self._count = count
        self._element_size = Ring.element_size(words.index)
        end = offset + Ring.size(count, words.index)
        self._view = view[offset:end]
        self._memory = ctypes.c_char.from_buffer(view, offset + HEADER_SIZE)
        self._ring = _Ring(ctypes.addressof(self._memory), count, self._element_size, words.multi)
        self._pointer = ctypes.byref(self._ring)
        self._element = ctypes.create_string_buffer(self._element_size)
        self._bytes = memoryview(self._element).cast("B")
        self._slots = []
        if words.index:
            first = HEADER_SIZE + Ring.room(count, True)
            self._slots = [self._view[at : at + DESCRIPTOR_SIZE] for at in range(first, end - offset, SLOT_SIZE)]
        self._done = 0

    @staticmethod
    def element_size(index):
        """Bytes of an element: a number, or a descriptor."""
        return 8 if index else DESCRIPTOR_SIZE

    @staticmethod
    def room(count, index):
        """Bytes for the rte_ring, with either cache line."""
        return round_up(STRUCT_SIZE_MAX + count * Ring.element_size(index))

    @staticmethod
    def size(count, index):
        """Bytes of header, rte_ring and table."""
        return HEADER_SIZE + Ring.room(count, index) + (2 * count * SLOT_SIZE if index else 0)

    def create(self, name, start, spec):
        """Makes the ring, in memory that is all zero."""
        size = self._library.bytes(self._pointer)
        sync = SYNC_MT if self._words.multi else SYNC_ST
        header = Header(MAGIC, VERSION, self._library.line, self._element_size, self._count, sync, len(self._slots), size)
        self._view[:HEADER_SIZE] = HEADER.pack(*header)
        number = self._library.create(self._pointer, name, ctypes.c_uint32(start))
        if number:
            raise PeerError("rte_ring_init", spec, number)

    def check(self, spec):
        """Checks a copy of the header and the rte_ring. Raises PeerError `ring`, EBADMSG."""
        header = Header._make(HEADER.unpack(bytes(self._view[:HEADER_SIZE])))
        ring = bytes(self._view[HEADER_SIZE : HEADER_SIZE + STRUCT_SIZE_MAX])
        check(header, ring, self._count, self._words, self._library.line, spec)

    def enqueue(self, descriptor):
        """0, EAGAIN (full, or another producer is at work) or EPROTO."""
        if not self._words.index:
            self._bytes[:] = descriptor
        else:
            # Twice as many slots as the ring has: the consumer may still be copying what it has dequeued.
            slot = self._done % len(self._slots)
            self._slots[slot][:] = descriptor
            self._bytes[:] = slot.to_bytes(8, "little")
        number = self._library.enqueue(self._pointer, self._element)
        if number == 0:
            self._done += 1
        return number

    def dequeue(self, descriptor):
        """0, EAGAIN (empty, or another consumer is at work), EPROTO, or EBADMSG for an element that leads out of the table."""
        number = self._library.dequeue(self._pointer, self._element)
        if number:
            return number
        if not self._words.index:
            descriptor[:] = self._bytes
            return 0
        slot = int.from_bytes(self._bytes, "little")
        if slot >= len(self._slots):
            return errno.EBADMSG
        descriptor[:] = self._slots[slot]
        return 0

    def is_empty(self):
        """Whether nothing waits."""
        produced, consumed = (
            self._view[at : at + 4].tobytes()
            for at in (HEADER_SIZE + side * self._library.line + TAIL for side in (PROD_LINES, CONS_LINES))
        )
        return produced == consumed

    def release(self):
        """Gives the views back. Twice does no harm."""
        self._memory = None
        for view in [*self._slots, self._view]:
            view.release()


def check(header, ring, count, words, own_line, spec):
    """Checks copies of a ring's header and of its rte_ring against a SPEC. Raises PeerError `ring`, EBADMSG.

    own_line -- the cache line that this side's DPDK was built for
    """

    def require(true, rule, problem):
        if not true:
            raise PeerError("ring", spec, errno.EBADMSG, "%s: %s" % (rule, problem), rule=rule)

    def number(at):
        return int.from_bytes(ring[at : at + 4], "little")

    size = Ring.element_size(words.index)
    line = header.line
    sync = SYNC_MT if words.multi else SYNC_ST
    require(header.magic == MAGIC, "RING_MAGIC", "%r is no ring" % header.magic)
    require(header.version == VERSION, "RING_VERSION", "%d, this program knows %d" % (header.version, VERSION))
    require(line == own_line, "RING_LINE", "%d bytes, this side's DPDK has %d" % (line, own_line))
    require(header.element_size == size, "RING_ELEMENT", "%d bytes, not %d" % (header.element_size, size))
    require(header.count == count, "RING_COUNT", "%d slots, not %d" % (header.count, count))
    slots = 2 * count if words.index else 0
    require(header.table_slots == slots, "RING_COUNT", "%d slots in its table, not %d" % (header.table_slots, slots))
    wanted = -(-(STRUCT_LINES * line + count * size) // line) * line
    require(header.ring_size == wanted, "RING_BYTES", "%d, not %d" % (header.ring_size, wanted))
    sizes = [number(at) for at in (SIZE, MASK, CAPACITY)]
    require(sizes == [count, count - 1, count - 1], "RING_SIZE", "size, mask, capacity %r" % sizes)
    syncs = [header.sync_type, number(PROD_LINES * line + SYNC), number(CONS_LINES * line + SYNC)]
    require(syncs == [sync] * 3, "RING_SYNC", "sync types %r, not %d: both sides need the same --channel" % (syncs, sync))
    waiting = (number(PROD_LINES * line + TAIL) - number(CONS_LINES * line + TAIL)) % 2**32
    require(waiting < count, "RING_COUNTERS", "%d elements wait" % waiting)


class Channel(ChannelBase):
    """See ChannelBase."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._words = words(self.address)
        self._rings = None

    def block_bytes(self):
        return Ring.size(self._words.count, self._words.index) + Ring.size(COUNT, self._words.index)

    def use_block(self, view, offset):
        self._rings = Rings(view, offset, self.is_writer, self._words)
        return self._rings

    def open(self):
        if self.is_writer:
            self._rings.send.create(b"shmbed.r", self._words.start, self.spec)
            self._rings.receive.create(b"shmbed.w", self._words.start, self.spec)
        self._rings.receive.check(self.spec)
        self._rings.send.check(self.spec)

    def send(self, descriptor):
        self._until_done(self._rings.send.enqueue, descriptor)

    def receive(self, descriptor):
        self._until_done(self._rings.receive.dequeue, descriptor)

    def _until_done(self, attempt, descriptor):
        looks = 0
        while True:
            number = attempt(descriptor)
            if number == 0:
                return
            if number == errno.EBADMSG:
                raise PeerError("ring", self.spec, number, "RING_INDEX: an element leads out of the table", rule="RING_INDEX")
            if number == errno.EPROTO:
                raise PeerError("ring", self.spec, number, "the ring's counters do not fit")
            looks += 1
            if looks % LOOKS == 0:
                self._wait()

    def _wait(self):
        self.check_wait("ring")
        os.sched_yield()  # on one CPU the other side would not run otherwise

    def arrived(self):
        return not self._rings.receive.is_empty()

    def close(self):
        pass
