# SPDX-License-Identifier: Apache-2.0
"""Channel `unix-whole:PATH`: as `unix`, and the payload follows its descriptor on the socket. The segment carries none."""

import socket

from . import unix


class Channel(unix.Channel):
    """See ChannelBase."""

    WHOLE = True

    def send_whole(self, descriptor, payload):
        parts = [memoryview(descriptor), memoryview(payload)]
        while parts:  # a payload that is larger than the socket's buffer goes in several calls
            sent = self._sent("sendmsg", self._socket.sendmsg, parts)
            while parts and sent >= len(parts[0]):
                sent -= len(parts.pop(0))
            if parts:
                parts[0] = parts[0][sent:]

    def receive_payload(self, payload):
        got = 0
        while got < len(payload):
            got += self._receive_into(payload[got:], socket.MSG_WAITALL, "read")
