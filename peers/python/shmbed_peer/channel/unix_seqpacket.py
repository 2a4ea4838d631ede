# SPDX-License-Identifier: Apache-2.0
"""Channel `unix-seqpacket:PATH`: as `unix`, but the socket keeps the messages apart (unix(7))."""

import socket

from ..descriptor import SIZE
from . import unix


class Channel(unix.Channel):
    """See ChannelBase."""

    KIND = socket.SOCK_SEQPACKET

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._packet = bytearray(SIZE + 1)  # one byte more shows a packet that is too long

    def receive(self, descriptor):
        length = self._receive_into(self._packet)
        if length != SIZE:
            raise self.wrong_length("recv", length)
        descriptor[:] = self._packet[:SIZE]
