# SPDX-License-Identifier: Apache-2.0
"""Lanes: two rings of 64 descriptors in the segment, one for each direction (contract, section 8).

Each ring has one producer and one consumer. Both keep their own count in private memory and never read it back.
"""

import errno

from ..atomic import load_acquire, store_release
from ..descriptor import SIZE as DESCRIPTOR_SIZE
from ..errors import PeerError

SLOTS = 64
SLOT_SIZE = 64
TAIL_WORD = 0
HEAD_WORD = 128 // 8
SLOTS_OFFSET = 256
SIZE = SLOTS_OFFSET + SLOTS * SLOT_SIZE  # 4352
BLOCK_SIZE = 2 * SIZE
TAIL_OFFSETS = {"to_reader": 0, "to_writer": SIZE}  # in the block; the futex words


class Lanes:
    """The channel block of a segment as one side sees it: `send` is the lane it produces into, `receive` the other.

    view    -- the whole segment, writable
    offset  -- of the channel block
    """

    def __init__(self, view, offset, is_writer):
        to_reader, to_writer = Lane(view, offset), Lane(view, offset + SIZE)
        self.view = view
        self.send, self.receive = (to_reader, to_writer) if is_writer else (to_writer, to_reader)

    def release(self):
        """Gives the views back, so that the segment can be unmapped."""
        self.send.release()
        self.receive.release()


class Lane:
    """One ring. This process is its producer (publish) or its consumer (is_empty, consume), never both."""

    def __init__(self, view, offset):
        self.offset = offset
        self._words = view[offset : offset + SLOTS_OFFSET].cast("Q")
        first = offset + SLOTS_OFFSET
        starts = range(first, first + SLOTS * SLOT_SIZE, SLOT_SIZE)
        self._slots = [view[start : start + DESCRIPTOR_SIZE] for start in starts]
        self.tail = 0
        self.head = 0

    def publish(self, descriptor):
        """Producer: stores the descriptor, then the tail. Raises EPROTO when the ring is full, or the head is no head."""
        if not 0 <= self.tail - load_acquire(self._words, HEAD_WORD) < SLOTS:
            raise PeerError("publish", "lane", errno.EPROTO, "the lane is full: more than 8 messages were on the way")
        self._slots[self.tail % SLOTS][:] = descriptor
        self.tail += 1
        store_release(self._words, TAIL_WORD, self.tail)

    def is_empty(self):
        """Consumer: whether no new descriptor is there. Raises EPROTO when the tail is no tail."""
        new = load_acquire(self._words, TAIL_WORD) - self.head
        if not 0 <= new <= SLOTS:
            raise PeerError("consume", "lane", errno.EPROTO, "the other side's count is off by %d" % new)
        return new == 0

    def consume(self, descriptor):
        """Consumer: copies the next descriptor out, then stores the head. Only after is_empty was false."""
        descriptor[:] = self._slots[self.head % SLOTS]
        self.head += 1
        store_release(self._words, HEAD_WORD, self.head)

    def release(self):
        """Gives the views back. Twice does no harm."""
        for view in [self._words, *self._slots]:
            view.release()
