# SPDX-License-Identifier: Apache-2.0
"""Channel `unix:PATH`: an AF_UNIX stream socket (unix(7)). The writer listens at PATH, the reader connects."""

import errno
import os
import select
import socket
import struct

from ..descriptor import SIZE
from ..interrupt import held
from . import ChannelBase
from .files import remove

# A blocking receive wakes up this often to look at the deadline: one system call a message, where a socket with a Python
# timeout makes two (poll, recv).
WAKE_US = 20000
_GONE = (errno.EPIPE, errno.ECONNRESET)


class Channel(ChannelBase):
    """See ChannelBase."""

    KIND = socket.SOCK_STREAM

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._listener = None
        self._socket = None
        self._bound = False
        self._readable = select.poll()

    def open(self):
        if self.is_writer:
            self._listen()
        else:
            self._connect()

    def _listen(self):
        self._listener = self._new_socket(socket.AF_UNIX, self.KIND)
        try:
            with held():
                self._listener.bind(self.address)
                self._bound = True
            os.chmod(self.address, self.mode)  # nobody can connect before listen(2)
            self._listener.listen(1)
        except OSError as failure:
            raise self.failed("bind", failure) from failure

    def _connect(self):
        self._socket = self._new_socket(socket.AF_UNIX, self.KIND)
        try:
            self._socket.connect(self.address)
        except OSError as failure:
            raise self.failed("connect", failure) from failure
        self._begin_waits()

    def _new_socket(self, family, kind):
        try:
            return socket.socket(family, kind)
        except OSError as failure:
            raise self.failed("socket", failure) from failure

    def accept(self):
        self._listener.settimeout(self.left_ns() / 1e9 + 1e-3)  # 0 would mean: do not wait at all
        try:
            self._socket, _ = self._listener.accept()
        except socket.timeout:
            raise self.timed_out("accept") from None
        except OSError as failure:
            raise self.failed("accept", failure) from failure
        self._socket.settimeout(None)
        self._begin_waits()
        self._stop_listening()

    def _begin_waits(self):
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._socket.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", 0, WAKE_US))
        self._readable.register(self._socket, select.POLLIN)

    def send(self, descriptor):
        rest = memoryview(descriptor)
        while rest:
            rest = rest[self._sent("send", self._socket.send, rest) :]

    def _sent(self, name, call, argument):
        """How many bytes a call has sent; 0 when it only waited."""
        try:
            return call(argument)
        except BlockingIOError:
            if not self.left_ns():
                raise self.timed_out(name, "notify") from None
            return 0
        except OSError as failure:
            raise self._lost(name, failure) from failure

    def arrived(self):
        return bool(self._readable.poll(0))

    def receive(self, descriptor):
        got = self._receive_into(descriptor)
        while got < SIZE:  # a stream may give a message in parts
            got += self._receive_into(memoryview(descriptor)[got:])

    def _receive_into(self, buffer, flags=0, stage="wait"):
        while True:
            try:
                got = self._socket.recv_into(buffer, 0, flags)
            except BlockingIOError:
                if not self.left_ns():
                    raise self.timed_out("recv", stage) from None
                continue
            except OSError as failure:
                raise self._lost("recv", failure) from failure
            if got == 0:
                raise self.peer_closed("recv")
            return got

    def _lost(self, call, failure):
        return self.peer_closed(call) if failure.errno in _GONE else self.failed(call, failure)

    def _stop_listening(self):
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._bound:
            remove(self.address)
            self._bound = False

    def close(self):
        self._stop_listening()
        if self._socket is not None:
            self._socket.close()
            self._socket = None
