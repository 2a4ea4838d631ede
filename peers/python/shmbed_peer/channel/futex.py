# SPDX-License-Identifier: Apache-2.0
"""Channel `futex`: lanes in the segment; who waits sleeps on the low 4 bytes of the lane's tail (futex(2), not private)."""

import ctypes
import errno
import os
import struct

from . import ChannelBase
from .lane import TAIL_WORD

_SYSCALLS = {"x86_64": 202, "aarch64": 98}  # __NR_futex of the kernel's syscall tables
FUTEX_WAKE = 1
FUTEX_WAIT_BITSET = 9  # with an absolute timeout of CLOCK_MONOTONIC
FUTEX_BITSET_MATCH_ANY = 0xFFFFFFFF
NS_PER_S = 1000000000
TIMESPEC = struct.Struct("@ll")

_libc = ctypes.CDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long


class Channel(ChannelBase):
    """See ChannelBase."""

    LANES = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._lanes = None
        self._words = []

    def use_lanes(self, lanes):
        self._lanes = lanes

    def open(self):
        number = _SYSCALLS.get(os.uname().machine)
        if number is None:
            raise self.failed("futex", OSError(errno.ENOSYS, os.uname().machine))
        self._number = ctypes.c_long(number)
        at = [lane.offset + 8 * TAIL_WORD for lane in (self._lanes.receive, self._lanes.send)]
        self._words = [ctypes.c_uint32.from_buffer(self._lanes.view, offset) for offset in at]
        self._receive_word, self._send_word = (ctypes.c_void_p(ctypes.addressof(word)) for word in self._words)
        self._until = ctypes.create_string_buffer(TIMESPEC.size)

    def send(self, descriptor):
        self._lanes.send.publish(descriptor)
        _syscall(self._number, self._send_word, FUTEX_WAKE, 1, None, None, 0)

    def arrived(self):
        return not self._lanes.receive.is_empty()

    def receive(self, descriptor):
        lane = self._lanes.receive
        while lane.is_empty():
            TIMESPEC.pack_into(self._until, 0, *divmod(self.slice_end_ns(), NS_PER_S))
            expected = ctypes.c_uint32(lane.head)
            arguments = (FUTEX_WAIT_BITSET, expected, self._until, None, ctypes.c_uint32(FUTEX_BITSET_MATCH_ANY))
            if _syscall(self._number, self._receive_word, *arguments) == -1:
                number = ctypes.get_errno()
                if number == errno.ETIMEDOUT:
                    self.check_wait("futex")
                elif number not in (errno.EAGAIN, errno.EINTR):  # the word has changed; a signal came
                    raise self.failed("futex", OSError(number, os.strerror(number)))
        lane.consume(descriptor)

    def close(self):
        self._words = []  # ctypes holds the segment's buffer as long as these live
