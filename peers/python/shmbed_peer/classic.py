# SPDX-License-Identifier: Apache-2.0
"""The layouts `classic` and `os`. Writer: create, reserve, attach, write, detach. Reader: attach, read, detach, remove."""

import errno
import hashlib
import sys

from .errors import PeerError
from .latency import now_ns
from .measure import repeated, report
from .payload import output, print_bytes, read_payload, write_all

OS_TEXT = b"This is POSIX shared memory IPC.\n"
OS_FIRST_PART = len(b"This is POSIX ")
FIRST_PIECE_BYTES = 4096  # the reader's buffer, doubled as often as the text asks for it


def writer(segments, options, ledger, result):
    """Creates the segment (or uses it again), writes the text and its NUL. The object stays."""
    text = load_text(options)
    split = first_part(options, text)

    def flow(ledger, is_last):
        with segments.Segment(options, ledger) as segment:
            segment.create()
            segment.reserve(len(text) + 1)
            segment.attach()
            ledger.say(_writing(segment, text))
            write_text(segment, text, split, ledger)
            segment.detach()
            if not is_last:
                segment.remove()
        return segment

    if options.repeat == 1:
        flow(ledger, True)
    else:
        segment, measured = repeated(flow, options.repeat)
        ledger.say(_writing(segment, text))
        report(result, ledger, measured, options)
    result.set_payload(len(text), hashlib.sha256(text).hexdigest(), ledger)


def reader(segments, options, ledger, result):
    """Attaches the existing segment and reads up to the NUL. POSIX: removes it then; only then: the text is safe."""
    with output(options.out) as out:

        def flow(ledger, _):
            with segments.Segment(options, ledger) as segment:
                segment.open()
                text = read_text(segment, ledger)
                segment.detach()
            return segment, text

        if options.repeat == 1:
            segment, text = flow(ledger, True)
        else:
            (segment, text), measured = repeated(flow, options.repeat)
            ledger.say(_reading(segment, text))
            report(result, ledger, measured, options)
            segment.ledger = ledger
        if out is not None:
            write_all(out, text, options.out)
        if options.layout == "os" and ledger.lines is not None:
            print_bytes(text, sys.stdout.buffer)
        if segment.READER_REMOVES:
            segment.remove()
    result.set_payload(len(text), hashlib.sha256(text).hexdigest(), ledger)


def cleaner(segments, options, ledger, result):
    """Removes the segment without attaching it."""
    with segments.Segment(options, ledger) as segment:
        segment.remove()


def _writing(segment, text):
    return "Writing to shmem: %s, msg length=%d" % (segment.title, len(text))


def _reading(segment, text):
    return "Reading from shmem: %s, msg length=%d" % (segment.title, len(text))


def load_text(options):
    """The text without its NUL: from --payload, from MSG_SIZE, or the fixed one of `os`. Raises PeerError EINVAL, EMSGSIZE."""
    room = options.segment_size - 1
    if options.payload is not None:
        text = read_payload(options.payload, room + 1)
        if b"\0" in text:
            raise PeerError(
                "classic",
                options.payload,
                errno.EINVAL,
                "the payload holds a NUL, which would end the text: use --layout framed",
            )
        length = len(text)
    else:
        length = len(OS_TEXT) if options.layout == "os" else options.message_text_size - 1
        text = None
    if length > room:
        raise PeerError(
            "classic",
            options.payload or "text",
            errno.EMSGSIZE,
            "it and its NUL do not fit into %d bytes: raise --segment-size" % options.segment_size,
        )
    if text is None:
        text = OS_TEXT if options.layout == "os" else b"a" * length
    return text


def first_part(options, text):
    """Where the `os` layout splits its text; for `classic`, all of it."""
    if options.layout != "os":
        return len(text)
    return OS_FIRST_PART if options.payload is None else len(text) // 2


def write_text(segment, text, split, ledger):
    """Stage write: the first part, then the rest with its NUL, which is stored whatever was there before."""
    first = text[:split]
    rest = text[split:] + b"\0"
    view = segment.view
    begun = now_ns()
    view[:split] = first
    view[split : split + len(rest)] = rest
    ledger.add("write", "write shared memory", now_ns() - begun)


def read_text(segment, ledger):
    """Stage read: copies piece by piece up to the first NUL. Returns the text; raises EBADMSG where there is no NUL.

    The pieces are allocated, and so touched, between the measured copies.
    """
    pieces = []
    end = -1
    begin = 0
    read_ns = 0
    piece_end = FIRST_PIECE_BYTES
    while end == -1 and begin < segment.size_bytes:
        piece_end = min(piece_end, segment.size_bytes)
        piece = bytearray(piece_end - begin)
        source = segment.view[begin:piece_end]
        begun = now_ns()
        piece[:] = source
        end = piece.find(b"\0")
        read_ns += now_ns() - begun
        source.release()
        pieces.append(piece)
        begin = piece_end
        piece_end *= 2
    if end == -1:
        raise PeerError(
            "classic",
            segment.title,
            errno.EBADMSG,
            "no NUL in all of its %d bytes: not a text of this layout" % segment.size_bytes,
        )
    del pieces[-1][end:]
    text = b"".join(pieces)
    ledger.say(_reading(segment, text))
    ledger.add("read", "read shared memory", read_ns)
    return text
