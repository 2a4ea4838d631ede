# SPDX-License-Identifier: Apache-2.0
"""Messages that are values (--shape): encoded into the segment by the writer, decoded from it by the reader."""

import errno
import hashlib
from array import array

import crc32c

from . import codec as codecs
from .descriptor import FLAG_CRC32C
from .errors import PeerError
from .header import round_up
from .latency import now_ns
from .payload import read_payload, write_all
from .shape import SHAPES


def codec_of(options):
    """The codec of a command line. Raises Unsupported."""
    return codecs.make(options.codec, SHAPES[options.shape])


class ValueMessages:
    """What the writer sends: message i is the values of image i % pieces of the payload file.

    Each is encoded once here, beforehand, since sizes and CRCs are needed; and again for every message that is sent.

    room     -- bytes that a slot needs
    total    -- messages
    """

    def __init__(self, options):
        self.total = options.warmup + options.count
        self._options = options
        self._codec = codec_of(options)
        size = self._codec.shape.IMAGE_BYTES
        payload = read_payload(options.payload)
        if not payload or len(payload) % size:
            problem = "%d bytes are not a multiple of the shape's %d" % (len(payload), size)
            raise PeerError("header", options.payload, errno.EINVAL, problem)
        view = memoryview(payload)
        self._images = [view[begin : begin + size] for begin in range(0, len(payload), size)]
        self._private = memoryview(bytearray(4 * size + 1024))  # larger than any message
        try:
            self._values = [self._codec.values(image) for image in self._images]
            self._encoded = [self._encode_once(values) for values in self._values]
        except Exception as failure:  # a library's own kinds too
            raise PeerError("codec", options.payload, errno.EINVAL, str(failure)) from failure
        self.room = round_up(max(len(encoded) for encoded in self._encoded) + self._codec.SLACK_BYTES)
        self._crcs = [crc32c.crc32c(encoded) for encoded in self._encoded] if options.verify else None

    def _encode_once(self, values):
        encoded = self._codec.encode(values, self._private)
        if not self._codec.ENCODES_IN_PLACE:
            return encoded
        begin, length = encoded
        return bytes(self._private[begin : begin + length])

    def begin(self, whole):
        """Prepares the time stamps. whole: the channel carries the payload, and no slot is given to put."""
        self._whole = whole
        self._begun, self._encoded_at, self._written = (array("q", bytes(8 * self.total)) for _ in range(3))

    def put(self, i, slot):
        """Encodes message i into the slot, or writes it there; returns where in the slot it lies and what it is."""
        values = self._values[i % len(self._values)]
        room = self._private if self._whole else slot
        self._begun[i] = now_ns()
        encoded = self._codec.encode(values, room)
        self._encoded_at[i] = now_ns()
        if self._codec.ENCODES_IN_PLACE:
            begin, length = encoded
            self._written[i] = self._encoded_at[i]
            return begin, room[begin : begin + length]
        if not self._whole:
            slot[: len(encoded)] = encoded
        self._written[i] = now_ns()
        return 0, encoded

    def crc_and_flags(self, i):
        """The descriptor's last two fields for message i: its CRC-32C, and that there is one."""
        return (0, 0) if self._crcs is None else (self._crcs[i % len(self._crcs)], FLAG_CRC32C)

    def measured(self, _, sent):
        """The stages of putting, and the columns of a trace."""
        stages = {"encode": [end - begin for end, begin in zip(self._encoded_at, self._begun)]}
        if not self._codec.ENCODES_IN_PLACE and not self._whole:
            stages["write"] = [end - begin for end, begin in zip(self._written, self._encoded_at)]
        return stages, (self._begun, self._encoded_at, self._written, sent)

    def report(self, result, ledger):
        """Length and SHA-256 of what was sent, and of its values."""
        payload, values = _Digest(self._options), _Digest(self._options)
        for i in range(self.total):
            payload.add(self._encoded[i % len(self._encoded)])
            values.add(self._images[i % len(self._images)])
        result.set_payload(payload.length, payload.hex(), ledger)
        result.set_values(values.length, values.hex())


class ValueInbox:
    """What the reader has read: the values of every message, digested and, with --values, written down.

    verified  -- how long each CRC-32C took, in ns
    """

    def __init__(self, inbox, options, values_file):
        self.verified = inbox.verified
        self._inbox = inbox
        self._options = options
        self._file = values_file
        self._codec = codec_of(options)
        self._digest = _Digest(options)
        self._reads = not self._codec.DECODES_IN_PLACE
        total = options.warmup + options.count
        self._begun, self._read, self._decoded = (array("q", bytes(8 * total)) for _ in range(3))

    @property
    def length(self):
        """Bytes of all messages."""
        return self._inbox.length

    def take(self, i, channel, segment, descriptor):
        """Reads message i where it cannot be decoded where it is, decodes it and keeps it (outside the ledger)."""
        if channel.WHOLE:
            self._reads = True
            message = self._inbox.room(descriptor.length)
            self._begun[i] = now_ns()
            channel.receive_payload(message)
        else:
            message = segment.view[descriptor.offset : descriptor.offset + descriptor.length]
            self._begun[i] = now_ns()
        if not self._codec.DECODES_IN_PLACE:
            message = bytes(message)
        self._read[i] = now_ns()
        try:
            values = self._codec.decode(message)
            self._decoded[i] = now_ns()
            image = self._codec.image(values)
        except Exception as failure:  # a library's own kinds too
            problem = "%s: %s" % (self._options.shape, failure)
            raise PeerError("codec", self._options.codec, errno.EBADMSG, problem, rule="DECODE") from failure
        self._inbox.keep(i, message, descriptor)
        self._digest.add(image)
        if self._file is not None:
            write_all(self._file, image, self._options.values)

    def measured(self, received):
        """The stages of taking, and the columns of a trace."""
        stages = {"decode": [end - begin for end, begin in zip(self._decoded, self._read)]}
        if self._reads:
            stages["read"] = [end - begin for end, begin in zip(self._read, self._begun)]
        return stages, (received, self._begun, self._read, self._decoded)

    def report(self, result, ledger):
        """Length and SHA-256 of what came, and of its values."""
        self._inbox.report(result, ledger)
        result.set_values(self._digest.length, self._digest.hex())


class _Digest:
    """A running SHA-256; a mere count with --no-verify."""

    def __init__(self, options):
        self.length = 0
        self._sha256 = hashlib.sha256() if options.verify else None

    def add(self, data):
        self.length += len(data)
        if self._sha256 is not None:
            self._sha256.update(data)

    def hex(self):
        return None if self._sha256 is None else self._sha256.hexdigest()
