# SPDX-License-Identifier: Apache-2.0
"""Channel `fifo:PATH`: the FIFOs PATH.r (to the reader) and PATH.w (to the writer) (fifo(7)).

Each side opens the one it receives from without waiting for the other, and the one it sends to O_RDWR, which never waits
either. Poll says when something is there; the end of file, after the other side had opened, that it went away.
"""

import errno
import os
import select
import stat

from ..descriptor import SIZE
from ..errors import PeerError
from ..interrupt import held
from . import ChannelBase
from .files import exact_mode, remove


class Channel(ChannelBase):
    """See ChannelBase."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._created = []
        self._in = self._out = None
        self._poll = select.poll()

    def open(self):
        to_reader, to_writer = self.address + ".r", self.address + ".w"
        if self.is_writer:
            for path in (to_reader, to_writer):
                self._create(path)
        receive, send = (to_writer, to_reader) if self.is_writer else (to_reader, to_writer)
        self._in = self._open(receive, os.O_RDONLY)
        self._out = self._open(send, os.O_RDWR)
        self._poll.register(self._in, select.POLLIN)

    def _create(self, path):
        try:
            with held(), exact_mode():
                os.mkfifo(path, self.mode)
                self._created.append(path)
        except OSError as failure:
            raise PeerError("mkfifo", path, failure.errno) from failure

    def _open(self, path, flags):
        try:
            descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as failure:
            raise PeerError("open", path, failure.errno) from failure
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise PeerError("open", path, errno.EINVAL, "not a FIFO")
        return descriptor

    def send(self, descriptor):
        try:
            os.write(self._out, descriptor)  # whole or not at all: 48 bytes are less than PIPE_BUF
        except OSError as failure:
            raise self.failed("write", failure) from failure

    def arrived(self):
        return bool(self._poll.poll(0))

    def receive(self, descriptor):
        got = 0
        while got < SIZE:
            if not self._poll.poll(self.left_ns() / 1e6):
                raise self.timed_out("poll")
            try:
                part = os.read(self._in, SIZE - got)
            except BlockingIOError:
                continue
            if not part:
                raise self.peer_closed("read")
            descriptor[got : got + len(part)] = part
            got += len(part)

    def close(self):
        for descriptor in (self._in, self._out):
            if descriptor is not None:
                os.close(descriptor)
        self._in = self._out = None
        while self._created:
            remove(self._created.pop())
