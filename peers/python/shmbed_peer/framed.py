# SPDX-License-Identifier: Apache-2.0
"""The layout `framed` (contract, sections 7 to 9): messages in slots of the segment, announced over a channel."""

import contextlib
import errno
import hashlib
import time
from array import array

import crc32c

from . import channel as channels
from . import descriptor as descriptors
from . import header as headers
from .atomic import load_acquire, store_release
from .descriptor import FLAG_ACKNOWLEDGEMENT, FLAG_CRC32C, Descriptor
from .errors import PeerError
from .latency import Ledger, now_ns
from .measure import Usage, no_collections, report
from .pace import Pace
from .payload import output, read_payload, write_all
from .shaped import ValueInbox, ValueMessages

PAUSE_S = 0.001  # between two looks for a segment that is not ready


def writer(segments, options, ledger, result):
    """Creates segment and channel, sends every message, removes both after the last acknowledgement."""
    messages = ValueMessages(options) if options.shape else Messages(options)
    if not options.shape:
        options.message_size = messages.size
    channel = channels.make(options.channel, "writer", options.mode, options.deadline_ns)
    header = _plan(options, messages.room, channel.block_bytes())
    with segments.Segment(options, ledger) as segment:
        segment.create()
        segment.reserve(header.payload_offset + header.slot_count * header.slot_size)  # --segment-size may be more
        segment.attach()
        ledger.say("Writing to shmem: %s, msg length=%d" % (segment.title, messages.room))
        with _writer_side(segment, header, channel) as words:
            measured = _send_all(segment, header, words, channel, messages, options)
            result.set_proof(channel.proof())
        segment.detach()
        segment.remove()
    report(result, ledger, measured, options)
    messages.report(result, ledger)


def reader(segments, options, ledger, result):
    """Opens segment and channel, copies every message out, checks it (outside the ledger) and acknowledges it."""
    with output(options.out) as out, output(options.values) as values:
        channel = channels.make(options.channel, "reader", options.mode, options.deadline_ns)
        with segments.Segment(options, ledger) as segment:
            header = _open_ready(segment, options, channel.block_bytes())
            inbox = Inbox(header, out, options)
            if options.shape:
                inbox = ValueInbox(inbox, options, values)
            with _reader_side(segment, header, channel):
                measured = _receive_all(segment, header, channel, inbox, options)
                result.set_proof(channel.proof())
            segment.detach()
        ledger.say("Reading from shmem: %s, msg length=%d" % (segment.title, inbox.length))
        report(result, ledger, measured, options)
        inbox.report(result, ledger)


class Messages:
    """What the writer sends: message i is piece i % pieces of the payload file. The CRCs are computed here, beforehand.

    room     -- bytes that a slot needs
    total    -- messages
    """

    def __init__(self, options):
        payload = read_payload(options.payload)
        self._options = options
        self.room = self.size = len(payload) if options.message_size is None else options.message_size
        if self.size == 0 or len(payload) == 0:
            fits = self.size == len(payload)
        else:
            fits = len(payload) % self.size == 0
        if not fits:
            problem = "%d bytes are not a multiple of --message-size %d" % (len(payload), self.size)
            raise PeerError("header", options.payload, errno.EINVAL, problem)
        self.total = options.warmup + options.count
        self._bytes = memoryview(payload)
        self._pieces = len(payload) // self.size if self.size else 1
        self._crcs = None
        if options.verify:
            self._crcs = [crc32c.crc32c(self.piece(k)) for k in range(min(self._pieces, self.total))]

    def piece(self, i):
        """The bytes of message i."""
        begin = i % self._pieces * self.size
        return self._bytes[begin : begin + self.size]

    def begin(self, whole):
        """Prepares the time stamps. whole: the channel carries the payload, and no slot is given to put."""
        self._whole = whole
        self._begun, self._ended = (array("q", bytes(8 * self.total)) for _ in range(2))

    def put(self, i, slot):
        """Writes message i into the slot; returns where in the slot it lies and what it is."""
        piece = self.piece(i)
        if not self._whole:
            self._begun[i] = now_ns()
            slot[:] = piece
            self._ended[i] = now_ns()
        return 0, piece

    def measured(self, send_begun, sent):
        """The stages of putting, and the columns of a trace: without writing, the time just before the send call."""
        if self._whole:
            return {}, (send_begun, send_begun, sent)
        return {"write": _differences(self._ended, self._begun)}, (self._begun, self._ended, sent)

    def report(self, result, ledger):
        """Length and SHA-256 of what was sent."""
        result.set_payload(self.total * self.size, self.sha256() if self._options.verify else None, ledger)

    def crc_and_flags(self, i):
        """The descriptor's last two fields for message i: its CRC-32C, and that there is one."""
        return (0, 0) if self._crcs is None else (self._crcs[i % self._pieces], FLAG_CRC32C)

    def sha256(self):
        """The SHA-256 in hex of all messages in order."""
        digest = hashlib.sha256()
        for i in range(self.total):
            digest.update(self.piece(i))
        return digest.hexdigest()


class Inbox:
    """What the reader has read: a buffer for one message, and the checks of all of them.

    length      -- bytes of all messages
    sha256      -- of all messages; None with --no-verify
    mismatches  -- the sequence numbers of the messages whose CRC-32C was another
    verified    -- how long each CRC-32C took, in ns
    """

    def __init__(self, header, out, options):
        self.buffer = bytearray(header.slot_size)  # zeroed, and so touched
        self.length = 0
        self.sha256 = hashlib.sha256() if options.verify else None
        self.mismatches = []
        self._out = out
        self._path = options.out
        total = options.warmup + options.count
        self._begun, self._ended, self.verified = (array("q", bytes(8 * total)) for _ in range(3))

    def take(self, i, channel, segment, descriptor):
        """Copies message i out, or receives it, and keeps it (outside the ledger)."""
        message = self.room(descriptor.length)
        if channel.WHOLE:
            self._begun[i] = now_ns()
            channel.receive_payload(message)
            self._ended[i] = now_ns()
        else:
            with segment.view[descriptor.offset : descriptor.offset + descriptor.length] as source:
                self._begun[i] = now_ns()
                message[:] = source
                self._ended[i] = now_ns()
        self.keep(i, message, descriptor)

    def measured(self, received):
        """The stages of taking, and the columns of a trace."""
        return {"read": _differences(self._ended, self._begun)}, (received, self._begun, self._ended)

    def report(self, result, ledger):
        """Length and SHA-256 of what came, and whether the CRCs fitted."""
        result.set_payload(self.length, self.sha256.hexdigest() if self.sha256 is not None else None, ledger)
        if self.sha256 is not None:
            result.set_crc_mismatches(self.mismatches)

    def room(self, length):
        """A view of the first `length` bytes of the buffer."""
        return memoryview(self.buffer)[:length]

    def keep(self, i, message, descriptor):
        """Checks message i, which was copied out, and writes it to --out."""
        if self.sha256 is not None:
            self._verify(i, message, descriptor)
            self.sha256.update(message)
        self.length += len(message)
        if self._out is not None:
            write_all(self._out, message, self._path)

    def _verify(self, i, message, descriptor):
        begun_ns = now_ns()
        is_other = descriptor.flags & FLAG_CRC32C and crc32c.crc32c(message) != descriptor.crc32c
        self.verified[i] = now_ns() - begun_ns
        if is_other:
            self.mismatches.append(descriptor.seq)


class Acknowledgements:
    """What the writer has received: one for each message, in order.

    count     -- how many
    received  -- when each of them came, in ns
    """

    def __init__(self, channel, header, total):
        self.count = 0
        self.received = array("q", bytes(8 * total))
        self._channel = channel
        self._header = header
        self._buffer = bytearray(descriptors.SIZE)

    def take(self):
        """Waits for the next one."""
        self._channel.receive(self._buffer)
        self.received[self.count] = now_ns()
        descriptors.check_acknowledgement(descriptors.unpack(self._buffer), self._header, self.count)
        self.count += 1

    def take_until(self, count):
        """Waits until there are that many."""
        while self.count < count:
            self.take()


def _plan(options, message_size, channel_bytes):
    """The header of the segment to be: header, channel block if there is one, then one slot for each of the window."""
    channel_offset = headers.SIZE if channel_bytes else 0
    payload_offset = headers.SIZE + headers.round_up(channel_bytes)
    slot_size = headers.round_up(message_size)
    needed = payload_offset + options.window * slot_size
    if options.segment_size is None:
        options.segment_size = needed
    elif options.segment_size < needed:
        problem = "%d messages of %d bytes need %d bytes: raise --segment-size" % (options.window, message_size, needed)
        raise PeerError("header", options.name or "segment", errno.EMSGSIZE, problem)
    return headers.new(options.segment_size, channel_offset, payload_offset, slot_size, options.window)


@contextlib.contextmanager
def _writer_side(segment, header, channel):
    """Header and channel, ready for the reader. Yields the header's words; whatever happens, the state becomes closed."""
    segment.view[: headers.SIZE] = headers.pack(header)
    with contextlib.ExitStack() as stack:
        words = stack.enter_context(segment.view[: headers.SIZE].cast("Q"))
        channel.use_header(words)
        if channel.block_bytes():
            stack.callback(channel.use_block(segment.view, header.channel_offset).release)
        stack.enter_context(channel)
        stack.callback(store_release, words, headers.STATE_WORD, headers.STATE_CLOSED)
        channel.open()
        store_release(words, headers.STATE_WORD, headers.STATE_READY)
        channel.accept()
        yield words


@contextlib.contextmanager
def _reader_side(segment, header, channel):
    """The open channel. A failure puts the state to closed where the channel has this side write to the segment."""
    with contextlib.ExitStack() as stack:
        words = stack.enter_context(segment.view[: headers.SIZE].cast("Q"))
        channel.use_header(words)
        if channel.block_bytes():
            stack.callback(channel.use_block(segment.view, header.channel_offset).release)
        stack.enter_context(channel)
        try:
            channel.open()
            yield
        except BaseException:
            if channel.block_bytes():
                store_release(words, headers.STATE_WORD, headers.STATE_CLOSED)
            raise


def _open_ready(segment, options, channel_bytes):
    """Attaches the segment once its writer has made it ready, and returns its checked header.

    Each look opens it by name again: one that never becomes ready, or is closed, may be replaced by one that does.
    """
    while not _is_ready(segment, writable=channel_bytes > 0):
        segment.close()
        if now_ns() >= options.deadline_ns:
            problem = "no segment became ready in %d ms: start the writer" % options.deadline_ms
            raise PeerError("header", segment.object, errno.ETIMEDOUT, problem, stage="reader-attach")
        time.sleep(PAUSE_S)
    header = headers.unpack(segment.view)
    headers.check(header, segment.object, segment.size_bytes, channel_bytes)
    segment.open_rest(header.segment_size)
    options.segment_size = header.segment_size
    return header


def _is_ready(segment, writable):
    """One look. The stage reader-attach is that of the last one; for a person the looks before would only be noise."""
    ledger, segment.ledger = segment.ledger, Ledger()
    try:
        segment.open_header(writable)
        with segment.view[: headers.SIZE].cast("Q") as words:
            state = load_acquire(words, headers.STATE_WORD)
        ledger.stages.update(segment.ledger.stages)
        return state not in (headers.STATE_INIT, headers.STATE_CLOSED)
    except PeerError as failure:
        if _is_missing(failure) or failure.errno == errno.EAGAIN:
            return False
        raise
    finally:
        segment.ledger = ledger


def _is_missing(failure):
    """Whether the segment is not there, or (System V) was removed between two calls."""
    if failure.errno == errno.ENOENT:
        return failure.call in ("shm_open", "shmget")
    return failure.errno == errno.EIDRM or (failure.errno == errno.EINVAL and failure.call == "shmat")


def _send_all(segment, header, words, channel, messages, options):
    """The writer's message loop. Returns what was measured: arrays of ns, one element for each message."""
    total, warmup, window = messages.total, options.warmup, options.window
    sent, send_begun, notified = (array("q", bytes(8 * total)) for _ in range(3))
    offsets = [0 if channel.WHOLE else header.payload_offset + slot * header.slot_size for slot in range(window)]
    messages.begin(channel.WHOLE)
    outgoing = bytearray(descriptors.SIZE)
    acknowledgements = Acknowledgements(channel, header, total)
    pace = Pace(options.rate) if options.rate else None
    usage = Usage()
    with contextlib.ExitStack() as stack:
        slots = [stack.enter_context(segment.view[offset : offset + messages.room]) for offset in offsets]
        stack.enter_context(no_collections())
        for i in range(total):
            if i == warmup:
                usage.begin()
            paced = pace is not None and i >= warmup
            if paced and i == warmup:
                acknowledgements.take_until(i)
                pace.begin()
            if i - acknowledgements.count == window:
                acknowledgements.take()
            if paced:
                _await_due(pace.due_ns(i - warmup), channel, acknowledgements, i)
            begin, message = messages.put(i, slots[i % window])
            store_release(words, headers.SEQUENCE_WORD, i + 1)
            crc, flags = messages.crc_and_flags(i)
            send_begun[i] = begun_ns = now_ns()
            sent[i] = sent_ns = pace.due_ns(i - warmup) if paced else begun_ns
            fields = (i + 1, offsets[i % window] + begin, len(message), header.generation, sent_ns, crc, flags)
            descriptors.pack(outgoing, fields)
            if channel.WHOLE:
                channel.send_whole(outgoing, message)
            else:
                channel.send(outgoing)
            notified[i] = now_ns()
            if paced:
                pace.sent(i - warmup, begun_ns)
            message = None  # it may be a view of the segment
        acknowledgements.take_until(total)
    used = usage.end()
    stages, trace = messages.measured(send_begun, sent)
    stages["notify"] = _differences(notified, send_begun)
    stages["round-trip"] = _differences(acknowledgements.received, sent)
    measured = {"stages": stages, "trace": trace, "usage": used}
    if pace is not None:
        measured["rate"] = pace.result()
    return measured


def _await_due(due_ns, channel, acknowledgements, sent):
    """Spins until a message is due.

    Acknowledgements that come in the meantime are taken, or their round trip would last until the next message.
    """
    now = now_ns()
    while now < due_ns:
        if now >= channel.deadline_ns:
            problem = "message %d is due after the deadline: raise --deadline-ms or --rate" % (sent + 1)
            raise PeerError("clock_gettime", channel.spec, errno.ETIMEDOUT, problem, stage="wait")
        if acknowledgements.count < sent and channel.arrived():
            acknowledgements.take()
        now = now_ns()


def _receive_all(segment, header, channel, inbox, options):
    """The reader's message loop. Returns what was measured: arrays of ns, one element for each message."""
    total = options.warmup + options.count
    waited, received, sent = (array("q", bytes(8 * total)) for _ in range(3))
    buffer = bytearray(descriptors.SIZE)
    usage = Usage()
    with no_collections():
        for i in range(total):
            if i == options.warmup:
                usage.begin()
            waited[i] = now_ns()
            channel.receive(buffer)
            received[i] = now_ns()
            descriptor = descriptors.unpack(buffer)
            descriptors.check(descriptor, header, i, channel.WHOLE)
            sent[i] = descriptor.sent_ns
            inbox.take(i, channel, segment, descriptor)
            _acknowledge(channel, buffer, descriptor)  # last: what came after it would count as the next transmit
    used = usage.end()
    stages, trace = inbox.measured(received)
    stages["transmit"] = _differences(received, sent)
    stages["wait"] = _differences(received, waited)
    if options.verify:
        stages["verify"] = inbox.verified
    return {"stages": stages, "trace": trace, "usage": used}


def _acknowledge(channel, buffer, descriptor):
    seq, offset, length, generation, _, crc, flags = descriptor
    acknowledgement = Descriptor(seq, offset, length, generation, now_ns(), crc, flags | FLAG_ACKNOWLEDGEMENT)
    descriptors.pack(buffer, acknowledgement)
    channel.send(buffer)


def _differences(ends, begins):
    return [end - begin for end, begin in zip(ends, begins)]
