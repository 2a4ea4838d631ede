# SPDX-License-Identifier: Apache-2.0
"""Channels: how one side tells the other where the data is. Each module here has a class `Channel` for one of them."""

import errno
import importlib

from ..atomic import load_acquire
from ..errors import PeerError, missing_module
from ..header import STATE_CLOSED, STATE_WORD
from ..latency import now_ns
from .lane import BLOCK_SIZE, Lanes

# name -> what its address is: a path, a socket's path, a POSIX name, a System V key, words that may be left out, or None
ADDRESSES = {
    "unix": "socket",
    "unix-whole": "socket",  # the payload goes through it too: what shared memory is compared with
    "unix-seqpacket": "socket",
    "fifo": "path",
    "posix-mq": "name",
    "posix-sem": "name",
    "sysv-msg": "key",
    "futex": None,
    "eventfd": "socket",
    "skmsg": "socket",
    "skmsg-pin": "socket",
    "spin": None,  # burns a CPU while it waits: for measuring, not for use
    "rtering": "words",  # likewise
}

SLICE_NS = 50 * 1000 * 1000  # a sleep takes no longer without a look at the state


def make(spec, role, mode, deadline_ns):
    """The channel of a `NAME:ADDRESS` that the options have checked. Its module is loaded when it is first needed."""
    name, _, address = spec.partition(":")
    try:
        module = importlib.import_module("shmbed_peer.channel." + name.replace("-", "_"))
    except ModuleNotFoundError as missing:
        raise missing_module(missing) from missing
    return module.Channel(spec, address, role, mode, deadline_ns)


class ChannelBase:
    """Carries descriptors (48 bytes) both ways. The writer creates what has to be created, the reader only opens.

    Calls come in this order: use_header, use_block where there is one, open, accept, then send and receive, close. They raise
    PeerError; one that waits for longer than the deadline raises ETIMEDOUT, and one whose other side went away EPIPE.

    LANES -- whether descriptors lie in lanes of the segment; then `use_block` comes before `open`
    WHOLE -- whether the payload goes through the channel, not through the segment: see `send_whole`
    """

    LANES = False
    WHOLE = False

    def __init__(self, spec, address, role, mode, deadline_ns):
        self.spec = spec
        self.address = address
        self.is_writer = role == "writer"
        self.mode = mode  # permission bits of what is created, exact
        self.deadline_ns = deadline_ns

    def block_bytes(self):
        """Bytes of the channel block in the segment, 0 for none."""
        return BLOCK_SIZE if self.LANES else 0

    def use_header(self, words):
        """Takes the words of the segment's header: who waits looks at the state there."""
        self._header_words = words

    def use_block(self, view, offset):
        """Takes the segment and where its channel block is. Returns what to `release` before the segment is unmapped."""
        lanes = Lanes(view, offset, self.is_writer)
        self.use_lanes(lanes)
        return lanes

    def use_lanes(self, lanes):
        """LANES only: takes the Lanes of the segment."""
        raise NotImplementedError

    def open(self):
        """Writer: creates the channel's objects. Reader: opens them."""
        raise NotImplementedError

    def accept(self):
        """Writer: waits for the reader, where the channel has a moment of meeting."""

    def send(self, descriptor):
        """Sends a bytes-like descriptor."""
        raise NotImplementedError

    def receive(self, descriptor):
        """Waits for the next descriptor and copies it into the bytearray."""
        raise NotImplementedError

    def arrived(self):
        """Whether something is there, so that `receive` does not wait. Never waits itself."""
        raise NotImplementedError

    def send_whole(self, descriptor, payload):
        """WHOLE only: sends a descriptor and the payload right after it."""
        raise NotImplementedError

    def receive_payload(self, payload):
        """WHOLE only: fills the memoryview with the payload of the descriptor that was received."""
        raise NotImplementedError

    def proof(self):
        """Counters that show which way the messages took (contract, section 8); None where there are none."""

    def close(self):
        """Closes, and removes what this side created. Twice does no harm."""
        raise NotImplementedError

    def left_ns(self):
        """Nanoseconds to the deadline, 0 when it has passed."""
        return max(0, self.deadline_ns - now_ns())

    def slice_end_ns(self):
        """When a wait has to be interrupted by a look at the state and at the deadline."""
        return min(now_ns() + SLICE_NS, self.deadline_ns)

    def slice_s(self):
        """The seconds until then, where a call wants these. Its clock may be CLOCK_REALTIME, which may be set."""
        return min(SLICE_NS, self.left_ns()) / 1e9

    def is_closed(self):
        """Whether the other side has put the segment's state to closed."""
        return load_acquire(self._header_words, STATE_WORD) == STATE_CLOSED

    def check_wait(self, call, stage="wait"):
        """After a slice in which nothing came: raises EPIPE when the state is closed, ETIMEDOUT at the deadline."""
        if self.is_closed():
            raise self.peer_closed(call)
        if not self.left_ns():
            raise self.timed_out(call, stage)

    def timed_out(self, call, stage="wait"):
        """The error for a wait that reached the deadline."""
        return PeerError(call, self.spec, errno.ETIMEDOUT, "the other side did nothing until --deadline-ms", stage=stage)

    def peer_closed(self, call):
        """The error for another side that went away."""
        return PeerError(call, self.spec, errno.EPIPE, "peer closed: see what the other side says")

    def wrong_length(self, call, length):
        """The error for a message that is no descriptor."""
        return PeerError(call, self.spec, errno.EBADMSG, "a message of %d bytes, not of a descriptor's 48" % length)

    def failed(self, call, failure):
        """The error for an OSError."""
        stage = "wait" if failure.errno == errno.ETIMEDOUT else None
        return PeerError(call, self.spec, failure.errno, stage=stage)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
