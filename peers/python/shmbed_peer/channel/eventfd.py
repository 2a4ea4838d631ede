# SPDX-License-Identifier: Apache-2.0
"""Channel `eventfd:PATH`: lanes in the segment, and two eventfds (eventfd(2)) that wake the other side.

The writer makes both and passes them, the one to the reader first, over an AF_UNIX stream at PATH (SCM_RIGHTS, unix(7)).
That socket stays open: its end says that the other side went away.
"""

import array
import ctypes
import errno
import os
import select
import socket
import struct

from ..errors import PeerError
from . import unix

ONE = struct.pack("@Q", 1)
EFD_CLOEXEC, EFD_NONBLOCK = os.O_CLOEXEC, os.O_NONBLOCK  # the same values, says eventfd(2)'s header
_libc = ctypes.CDLL(None, use_errno=True)


class Channel(unix.Channel):
    """See ChannelBase."""

    LANES = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._lanes = None
        self._in = self._out = None
        self._poll = select.poll()

    def use_lanes(self, lanes):
        self._lanes = lanes

    def open(self):
        if self.is_writer:
            self._out, self._in = _eventfd(self.spec), _eventfd(self.spec)
            super().open()
        else:
            super().open()
            self._in, self._out = self._take_descriptors()
            self._begin()

    def accept(self):
        super().accept()
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [self._out, self._in]))]
        try:
            self._socket.sendmsg([b"\0"], rights)
        except OSError as failure:
            raise self._lost("sendmsg", failure) from failure
        self._begin()

    def _take_descriptors(self):
        room = socket.CMSG_SPACE(2 * array.array("i").itemsize)
        while True:
            try:
                _, rights, flags, _ = self._socket.recvmsg(1, room, socket.MSG_CMSG_CLOEXEC)
                break
            except BlockingIOError:
                if not self.left_ns():
                    raise self.timed_out("recvmsg") from None
            except OSError as failure:
                raise self._lost("recvmsg", failure) from failure
        got = array.array("i")
        for level, kind, data in rights:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                got.frombytes(data[: len(data) - len(data) % got.itemsize])
        if len(got) != 2 or flags & socket.MSG_CTRUNC:
            for descriptor in got:
                os.close(descriptor)
            raise PeerError("recvmsg", self.spec, errno.EBADMSG, "%d descriptors came, not 2" % len(got))
        return got

    def _begin(self):
        os.set_blocking(self._in, False)
        self._poll.register(self._in, select.POLLIN)
        self._poll.register(self._socket, select.POLLRDHUP)

    def send(self, descriptor):
        self._lanes.send.publish(descriptor)
        try:
            os.write(self._out, ONE)
        except OSError as failure:
            raise self.failed("write", failure) from failure

    def arrived(self):
        return not self._lanes.receive.is_empty()

    def receive(self, descriptor):
        lane = self._lanes.receive
        gone = False
        while lane.is_empty():
            if gone:
                raise self.peer_closed("poll")
            events = self._poll.poll(self.left_ns() / 1e6)
            if not events:
                raise self.timed_out("poll")
            for number, _ in events:
                if number == self._in:
                    self._clear()
                else:
                    gone = True  # but what it published before is still taken
        lane.consume(descriptor)

    def _clear(self):
        try:
            os.read(self._in, 8)
        except BlockingIOError:
            return  # cleared already

    def close(self):
        super().close()
        for descriptor in (self._in, self._out):
            if descriptor is not None:
                os.close(descriptor)
        self._in = self._out = None


def _eventfd(spec):
    """eventfd(2) with a count of 0. os.eventfd came with Python 3.10."""
    descriptor = _libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)
    if descriptor == -1:
        raise PeerError("eventfd", spec, ctypes.get_errno())
    return descriptor
