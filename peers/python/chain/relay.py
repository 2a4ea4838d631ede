#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One process of `./shmbed bench chain`: see peers/c/chain/relay.c, which is the same program."""

import contextlib
import errno
import gc
import json
import mmap
import os
import resource
import signal
import socket
import struct
import sys
import time
from array import array

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from shmbed_peer import channel as channels
from shmbed_peer import header as headers
from shmbed_peer.atomic import load_acquire, store_release
from shmbed_peer.channel import rtering
from shmbed_peer.descriptor import SIZE as DESCRIPTOR_SIZE
from shmbed_peer.descriptor import Descriptor, pack, unpack
from shmbed_peer.errors import PeerError
from shmbed_peer.latency import now_ns

PAUSE_S = 0.0002
STAMPS = struct.Struct("<QQ")  # at the payload's start: the message's number, and how many processes it has passed
LAST = struct.Struct("<Q")  # its last 8 bytes: the number again
WHOLE = ("unix-whole", "tcp-whole")


class Area:
    """A segment with a header: the payload's, or that of a channel."""

    def __init__(self, name):
        self.path = "/dev/shm" + name
        self.created = False
        self.view = self.words = self._map = None

    def create(self, message_size, channel_size):
        """Makes it, not ready yet."""
        payload_offset = headers.SIZE + headers.round_up(channel_size)
        slot_size = headers.round_up(message_size)
        channel_offset = headers.SIZE if channel_size else 0
        self.header = headers.new(payload_offset + slot_size, channel_offset, payload_offset, slot_size, 1)
        descriptor = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        self.created = True
        try:
            os.posix_fallocate(descriptor, 0, self.header.segment_size)
            self._attach(descriptor)
        finally:
            os.close(descriptor)
        self.view[: headers.SIZE] = headers.pack(self.header)

    def ready(self):
        """The others may use it."""
        store_release(self.words, headers.STATE_WORD, headers.STATE_READY)

    def open(self, channel_size, deadline_ns):
        """Attaches it as soon as it is ready."""
        while not self._try():
            if now_ns() >= deadline_ns:
                raise PeerError("shm_open", self.path, errno.ETIMEDOUT)
            time.sleep(PAUSE_S)
        self.header = headers.unpack(self.view)
        headers.check(self.header, self.path, len(self.view), channel_size)

    def _try(self):
        try:
            descriptor = os.open(self.path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            if os.fstat(descriptor).st_size < headers.SIZE:
                return False
            self._attach(descriptor)
        finally:
            os.close(descriptor)
        if load_acquire(self.words, headers.STATE_WORD) == headers.STATE_READY:
            return True
        self._detach()
        return False

    def _attach(self, descriptor):
        self._map = mmap.mmap(descriptor, 0)
        self.view = memoryview(self._map)
        self.words = self.view[: headers.SIZE].cast("Q")

    def _detach(self):
        for part in (self.words, self.view, self._map):
            if part is not None:
                (part.close if part is self._map else part.release)()
        self.words = self.view = self._map = None

    def close(self):
        """Detaches it, and removes it if it was made here."""
        self._detach()
        if self.created:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path)
        self.created = False


class ChannelLink:
    """One end: a channel in a segment of its own. What passes is the descriptor."""

    def __init__(self, spec, name, sends, deadline_ns):
        self._sends = sends
        self._deadline_ns = deadline_ns
        self._area = Area(name)
        self._channel = channels.make(spec, "writer" if sends else "reader", 0o600, deadline_ns)
        self._block = None

    def create(self):
        """The sending end makes everything."""
        self._area.create(0, self._channel.block_bytes())
        self._join()
        self._channel.open()
        self._area.ready()

    def open(self):
        """Meets the other end."""
        if self._sends:
            self._channel.accept()
        else:
            self._area.open(self._channel.block_bytes(), self._deadline_ns)
            self._join()
            self._channel.open()

    def _join(self):
        self._channel.use_header(self._area.words)
        if self._channel.block_bytes():
            self._block = self._channel.use_block(self._area.view, self._area.header.channel_offset)

    def send(self, descriptor, _):
        """Sends a message."""
        self._channel.send(descriptor)

    def receive(self, descriptor, _):
        """Waits for a message."""
        self._channel.receive(descriptor)

    def close(self):
        """Closes all of it."""
        self._channel.close()
        if self._block is not None:
            self._block.release()
        self._area.close()


class Wire:
    """One end: a stream socket, AF_UNIX or TCP, on which the payload goes whole, its descriptor before it."""

    def __init__(self, spec, sends, deadline_ns):
        kind, _, self._path = spec.partition(":")
        self._tcp = kind == "tcp-whole"
        self._sends = sends
        self._deadline_ns = deadline_ns
        self._listener = self._socket = None

    def _new(self):
        return socket.socket(socket.AF_INET if self._tcp else socket.AF_UNIX, socket.SOCK_STREAM)

    def create(self):
        """The sending end listens; of TCP the file at the path tells the port."""
        self._listener = self._new()
        self._listener.bind(("127.0.0.1", 0) if self._tcp else self._path)
        self._listener.listen(1)
        if self._tcp:
            part = self._path + ".part"
            with open(part, "x", encoding="ascii") as file:
                file.write(str(self._listener.getsockname()[1]))
            os.rename(part, self._path)

    def open(self):
        """Meets the other end."""
        if self._sends:
            self._listener.settimeout(self._left_s())
            self._socket, _ = self._listener.accept()
        else:
            while not self._connect():
                if now_ns() >= self._deadline_ns:
                    raise PeerError("connect", self._path, errno.ETIMEDOUT)
                time.sleep(PAUSE_S)
        self._socket.settimeout(None)
        whole_s = int(self._left_s()) + 1
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):  # a Python timeout would be a call more each time
            self._socket.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", whole_s, 0))
        if self._tcp:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _left_s(self):
        return max(self._deadline_ns - now_ns(), 1000000) / 1e9

    def _connect(self):
        try:
            address = self._path
            if self._tcp:
                with open(self._path, encoding="ascii") as file:
                    address = ("127.0.0.1", int(file.read()))
            self._socket = self._new()
            self._socket.connect(address)
            return True
        except (FileNotFoundError, ConnectionRefusedError):
            if self._socket is not None:
                self._socket.close()
            return False

    def send(self, descriptor, payload):
        """Sends a message."""
        self._socket.sendall(descriptor)
        self._socket.sendall(payload)

    def receive(self, descriptor, payload):
        """Waits for a message."""
        self._fill(memoryview(descriptor))
        self._fill(payload)

    def _fill(self, room):
        while room:
            got = self._socket.recv_into(room)
            if got == 0:
                raise PeerError("recv", self._path, errno.EPIPE)
            room = room[got:]

    def close(self):
        """Closes it, and removes the path."""
        for end in (self._socket, self._listener):
            if end is not None:
                end.close()
        if self._listener is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)
        self._socket = self._listener = None


class Relay:
    """One request: the links to the processes before and after this one, and the payload."""

    def __init__(self, words):
        role, size, warmup, count, rate, deadline_ms, payload, in_spec, in_name, out_spec, out_name = words
        self.lead = role == "lead"
        self.size, self.warmup, self.count, self.rate = int(size), int(warmup), int(count), int(rate)
        self.deadline_ns = now_ns() + int(deadline_ms) * 1000000
        self.whole = out_spec.split(":")[0] in WHOLE
        self.payload = None if self.whole else Area(payload)
        self.bytes = None
        if self.whole:
            self.links = [Wire(in_spec, False, self.deadline_ns), Wire(out_spec, True, self.deadline_ns)]
        else:
            self.links = [
                ChannelLink(in_spec, in_name, False, self.deadline_ns),
                ChannelLink(out_spec, out_name, True, self.deadline_ns),
            ]
        self.generation = self.offset = 0

    def run(self):
        """Passes all messages; returns the answer."""
        self._prepare_payload()
        incoming, outgoing = self.links
        outgoing.create()
        # A channel may shake hands when it is opened: the lead begins with the next process, the others with the one before.
        for link in (outgoing, incoming) if self.lead else (incoming, outgoing):
            link.open()
        gc.disable()
        try:
            return self._lead() if self.lead else self._relay()
        finally:
            gc.enable()

    def _prepare_payload(self):
        if self.whole:
            self.bytes = memoryview(bytearray(b"p" * self.size))
            return
        if self.lead:
            self.payload.create(self.size, 0)
        else:
            self.payload.open(0, self.deadline_ns)
        header = self.payload.header
        self.generation, self.offset = header.generation, header.payload_offset
        self.bytes = self.payload.view[self.offset : self.offset + self.size]
        if self.lead:
            self.bytes[:] = b"p" * self.size
            self.payload.ready()

    def _check(self, buffer, seq):
        descriptor = unpack(buffer)
        expected = (seq, self.offset, self.size, self.generation)
        if not self.whole and descriptor[:4] != expected:
            raise PeerError("descriptor", "message %d" % seq, errno.EBADMSG)
        first, hops = STAMPS.unpack_from(self.bytes, 0)
        if first != seq or LAST.unpack_from(self.bytes, self.size - LAST.size)[0] != seq:
            raise PeerError("payload", "message %d" % seq, errno.EBADMSG)
        return hops

    def _relay(self):
        incoming, outgoing = self.links
        buffer = bytearray(DESCRIPTOR_SIZE)
        usage = Usage()
        for i in range(self.warmup + self.count):
            if i == self.warmup:
                usage.begin()
            incoming.receive(buffer, self.bytes)
            hops = self._check(buffer, i + 1)
            STAMPS.pack_into(self.bytes, 0, i + 1, hops + 1)
            outgoing.send(buffer, self.bytes)
        return usage.answer(self.count)

    def _lead(self):
        incoming, outgoing = self.links
        buffer = bytearray(DESCRIPTOR_SIZE)
        samples = array("q", bytes(8 * self.count))
        usage = Usage()
        first_hops = hops = None
        for i in range(self.warmup + self.count):
            seq = i + 1
            if i == self.warmup:
                usage.begin()
            if self.rate and i >= self.warmup:  # sleeps: what CPU is used between messages is to be the channels'
                due_ns = usage.begun_ns + (i - self.warmup) * 10**9 // self.rate
                time.sleep(max(0, due_ns - now_ns()) / 1e9)
            STAMPS.pack_into(self.bytes, 0, seq, 0)
            LAST.pack_into(self.bytes, self.size - LAST.size, seq)
            sent_ns = now_ns()
            pack(buffer, Descriptor(seq, self.offset, self.size, self.generation, sent_ns, 0, 0))
            outgoing.send(buffer, self.bytes)
            incoming.receive(buffer, self.bytes)
            if i >= self.warmup:
                samples[i - self.warmup] = now_ns() - sent_ns
            hops = self._check(buffer, seq)
            first_hops = hops if first_hops is None else first_hops
            if hops != first_hops:
                raise PeerError("hops", "message %d" % seq, errno.EBADMSG)
        return {"samplesNs": {"loop": samples.tolist()}, "hops": hops, **usage.answer(self.count)}

    def close(self):
        """Closes and removes everything. Twice does no harm."""
        for link in self.links:
            link.close()
        if self.bytes is not None:
            self.bytes.release()
        if self.payload is not None:
            self.payload.close()


class Usage:
    """CPU time and time of the measured messages."""

    def begin(self):
        """Before the first one."""
        self._cpu_ns = _cpu_ns()
        self.begun_ns = now_ns()

    def answer(self, count):
        """After the last one."""
        elapsed_ns = now_ns() - self.begun_ns
        return {"operations": count, "cpuNs": _cpu_ns() - self._cpu_ns, "elapsedNs": elapsed_ns}


def _cpu_ns():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return int((used.ru_utime + used.ru_stime) * 1e9)


def answer(words):
    """Runs one request. Returns the answer and what is open now."""
    if words[9].split(":")[0] == "rtering" and rtering.missing() is not None:
        return {"unsupported": rtering.missing()}, None
    relay = Relay(words)
    try:
        return relay.run(), relay
    except (PeerError, OSError) as failure:
        return {"error": str(failure)}, relay


def main():
    """A request is a line, its words separated by tabs; the answer is a JSON object on a line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it reaches all processes of the terminal; the harness closes stdin
    opened = None
    for line in sys.stdin:
        words = line.rstrip("\n").split("\t")
        if words == ["quit"]:
            break
        if opened is not None:  # not before: what is closed may take messages with it that another one still waits for
            opened.close()
            opened = None
        reply = {}
        if words != ["close"]:
            reply, opened = answer(words)
        print(json.dumps(reply), flush=True)
    if opened is not None:
        opened.close()


main()
