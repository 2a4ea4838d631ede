# SPDX-License-Identifier: Apache-2.0
"""The descriptor: 48 bytes that say where in the segment a message lies (contract, section 7). Little-endian."""

import errno
import struct
from collections import namedtuple

from .errors import PeerError

LAYOUT = struct.Struct("<QQQQqII")
SIZE = 48
FLAG_CRC32C = 1  # the field crc32c is valid
FLAG_ACKNOWLEDGEMENT = 2
assert LAYOUT.size == SIZE  # as the static_assert in C

Descriptor = namedtuple("Descriptor", "seq offset length generation sent_ns crc32c flags")


def pack(buffer, descriptor):
    """Writes the seven fields into a buffer of 48 bytes."""
    LAYOUT.pack_into(buffer, 0, *descriptor)


def unpack(buffer):
    """The seven fields, copied out once. Nothing in them is checked yet."""
    return Descriptor._make(LAYOUT.unpack_from(buffer, 0))


def check(descriptor, header, last_seq, whole=False):
    """Checks a descriptor before the payload is touched, in the contract's order. Raises PeerError `descriptor`.

    whole -- the payload follows on the channel: it has no offset

    Python's integers do not wrap, so offset + length cannot either.
    """
    _check_order(descriptor, header, last_seq)
    seq, offset, length, _, _, _, flags = descriptor
    first, end = (0, 0) if whole else (header.payload_offset, header.segment_size)
    if not first <= offset <= end or (length > end - offset and not whole):
        where = "offset %d and length %d are not between %d and %d"
        raise bad("DESCRIPTOR_BOUNDS", seq, where % (offset, length, first, end))
    if length > header.slot_size:
        raise bad("DESCRIPTOR_BOUNDS", seq, "length %d, a slot has %d" % (length, header.slot_size))
    if flags & ~FLAG_CRC32C:
        raise bad("DESCRIPTOR_FLAGS", seq, "flags 0x%08x on a message" % flags)


def check_acknowledgement(descriptor, header, last_seq):
    """Checks what came back from the reader: it answers the message after `last_seq` of this segment, and points nowhere."""
    _check_order(descriptor, header, last_seq)
    flags = descriptor.flags
    if flags & ~FLAG_CRC32C != FLAG_ACKNOWLEDGEMENT:
        raise bad("DESCRIPTOR_FLAGS", descriptor.seq, "not an acknowledgement: flags 0x%08x" % flags)


def _check_order(descriptor, header, last_seq):
    seq, generation = descriptor.seq, descriptor.generation
    if generation != header.generation:
        raise bad(
            "STALE_GENERATION",
            seq,
            "generation %016x, the segment has %016x" % (generation, header.generation),
            errno.ESTALE,
        )
    if seq <= last_seq:
        raise bad("SEQUENCE_REPEATED", seq, "the last one was %d" % last_seq)
    if seq > last_seq + 1:
        raise bad("SEQUENCE_GAP", seq, "the last one was %d" % last_seq)


def bad(rule, seq, problem, number=errno.EBADMSG):
    """The error for a descriptor that breaks a rule."""
    return PeerError("descriptor", "seq=%d" % seq, number, "%s: %s" % (rule, problem), rule=rule)
