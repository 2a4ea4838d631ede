# SPDX-License-Identifier: Apache-2.0
"""The header of the framed layout: 128 bytes at the start of the segment (contract, section 7). Little-endian."""

import errno
import os
import struct
from collections import namedtuple

from .errors import PeerError
from .payload import read_text

LAYOUT = struct.Struct("<6sHIIQQQQ16sQQQQQQ16x")
SIZE = 128
assert LAYOUT.size == SIZE  # as the static_assert in C
MAGIC = b"SHMBED"
VERSION = 1
ALIGNMENT = 128  # what two sides write lies this far apart
SLOTS_MAX = 8
STATE_WORD = 64 // 8
SEQUENCE_WORD = 72 // 8
STATE_INIT, STATE_READY, STATE_CLOSED = 0, 1, 2

_FIELDS = (
    "magic version header_size flags segment_size generation creator_pid creator_start_time boot_id state sequence "
    "channel_offset payload_offset slot_size slot_count"
)
Header = namedtuple("Header", _FIELDS)


def pack(header):
    """The 128 bytes."""
    return LAYOUT.pack(*header)


def unpack(buffer):
    """The fields, copied out once. Nothing in them is checked yet."""
    return Header._make(LAYOUT.unpack_from(buffer, 0))


def new(segment_size, channel_offset, payload_offset, slot_size, slot_count):
    """The header of a segment that this process creates, in state init."""
    generation = 0
    while generation == 0:
        generation = int.from_bytes(os.urandom(8), "little")
    return Header(
        MAGIC,
        VERSION,
        SIZE,
        0,
        segment_size,
        generation,
        os.getpid(),
        start_time_ticks(),
        boot_id(),
        STATE_INIT,
        0,
        channel_offset,
        payload_offset,
        slot_size,
        slot_count,
    )


def check(header, object, real_size, channel_bytes):
    """Checks a header that another process wrote. Raises PeerError `header`, EBADMSG.

    real_size      -- bytes of the object
    channel_bytes  -- bytes the channel wants in the segment, 0 for none
    """

    def require(true, rule, problem):
        if not true:
            raise PeerError("header", object, errno.EBADMSG, "%s: %s" % (rule, problem), rule=rule)

    h = header
    require(h.magic == MAGIC, "HEADER_MAGIC", "%r is not a shmbed segment" % h.magic)
    require(h.version == VERSION, "HEADER_VERSION", "version %d, this program knows %d" % (h.version, VERSION))
    require(h.header_size == SIZE, "HEADER_SIZE", "%d bytes, not %d" % (h.header_size, SIZE))
    require(
        SIZE <= h.segment_size <= real_size,
        "SEGMENT_SIZE",
        "%d bytes, the object has %d" % (h.segment_size, real_size),
    )
    require(h.generation != 0, "HEADER_GENERATION", "it is 0")
    payload = "payload at %d" % h.payload_offset
    require(h.payload_offset % ALIGNMENT == 0, "HEADER_OFFSET", payload + ", not a multiple of %d" % ALIGNMENT)
    require(SIZE <= h.payload_offset <= h.segment_size, "HEADER_OFFSET", payload + " of %d" % h.segment_size)
    slots = "%d slots of %d bytes" % (h.slot_count, h.slot_size)
    require(h.slot_size % ALIGNMENT == 0, "HEADER_OFFSET", slots)
    require(1 <= h.slot_count <= SLOTS_MAX, "HEADER_OFFSET", slots + ", not 1 to %d" % SLOTS_MAX)
    require(
        h.slot_count * h.slot_size <= h.segment_size - h.payload_offset,
        "HEADER_OFFSET",
        slots + " from %d do not fit into %d" % (h.payload_offset, h.segment_size),
    )
    channel = "channel block at %d" % h.channel_offset
    require(h.channel_offset % ALIGNMENT == 0, "HEADER_OFFSET", channel)
    require(h.channel_offset <= h.payload_offset, "HEADER_OFFSET", channel + ", payload at %d" % h.payload_offset)
    if channel_bytes:
        require(h.channel_offset >= SIZE, "HEADER_OFFSET", channel + ", but this channel needs one")
        require(
            channel_bytes <= h.payload_offset - h.channel_offset,
            "HEADER_OFFSET",
            channel + " has no %d bytes before the payload at %d" % (channel_bytes, h.payload_offset),
        )


def round_up(size):
    """The next multiple of 128."""
    return -(-size // ALIGNMENT) * ALIGNMENT


def start_time_ticks():
    """When this process started, in clock ticks after boot: field 22 of /proc/self/stat (proc(5))."""
    stat = read_text("/proc/self/stat")
    return int(stat[stat.rindex(")") + 1 :].split()[22 - 3])  # the name, field 2, may hold anything; field 3 is next


def boot_id():
    """The 16 bytes of /proc/sys/kernel/random/boot_id (random(4))."""
    return bytes.fromhex(read_text("/proc/sys/kernel/random/boot_id").strip().replace("-", ""))
