# SPDX-License-Identifier: Apache-2.0
"""Channel `sysv-msg:KEY`: one System V message queue, by sysv_ipc. mtype 1 goes to the reader, 2 to the writer.

msgrcv(2) knows no timeout. A timer signal interrupts it instead; the timer repeats, because a signal that comes between
the look at the clock and the call would be lost.
"""

import errno
import signal

import sysv_ipc

from ..descriptor import SIZE
from ..errors import PeerError
from ..interrupt import held
from . import ChannelBase

TO_READER, TO_WRITER = 1, 2
WAKE_S = 0.02


class Channel(ChannelBase):
    """See ChannelBase."""

    def __init__(self, spec, address, role, mode, deadline_ns):
        super().__init__(spec, address, role, mode, deadline_ns)
        self._key = int(address, 0) if address.lower().startswith("0x") else int(address)
        self._key -= 1 << 32 if self._key >= 1 << 31 else 0  # key_t is a signed int
        self._send_type, self._receive_type = (TO_READER, TO_WRITER) if self.is_writer else (TO_WRITER, TO_READER)
        self._queue = None
        self._handler = None
        self._early = None  # a message that `arrived` has found

    def open(self):
        flags = sysv_ipc.IPC_CREX if self.is_writer else 0
        self._handler = signal.signal(signal.SIGALRM, _wake)
        try:
            with held():
                self._queue = sysv_ipc.MessageQueue(self._key, flags, self.mode, SIZE)
        except sysv_ipc.ExistentialError:
            raise PeerError("msgget", self.spec, errno.EEXIST if self.is_writer else errno.ENOENT) from None
        except sysv_ipc.PermissionsError:
            raise PeerError("msgget", self.spec, errno.EACCES) from None
        except MemoryError:
            raise PeerError("msgget", self.spec, errno.ENOMEM) from None
        except OSError as failure:  # without its number for kernel.msgmni
            raise PeerError("msgget", self.spec, failure.errno or errno.ENOSPC) from failure

    def send(self, descriptor):
        try:
            self._queue.send(bytes(descriptor), False, self._send_type)
        except sysv_ipc.BusyError:
            raise PeerError("msgsnd", self.spec, errno.EAGAIN, "the queue is full: something else writes to it") from None
        except sysv_ipc.ExistentialError:
            raise self.peer_closed("msgsnd") from None
        except sysv_ipc.PermissionsError:
            raise PeerError("msgsnd", self.spec, errno.EACCES) from None
        except OSError as failure:  # EINVAL: the queue is gone
            raise self.peer_closed("msgsnd") if failure.errno == errno.EINVAL else self.failed("msgsnd", failure) from None

    def arrived(self):
        if self._early is None:
            self._early = self._receive(False)
        return self._early is not None

    def receive(self, descriptor):
        message, self._early = self._early, None
        if message is None:
            message = self._receive(False)
        if message is None:
            signal.setitimer(signal.ITIMER_REAL, WAKE_S, WAKE_S)
            try:
                while message is None:
                    if not self.left_ns():
                        raise self.timed_out("msgrcv")
                    message = self._receive(True)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        if len(message) != SIZE:
            raise self.wrong_length("msgrcv", len(message))
        descriptor[:] = message

    def _receive(self, block):
        """The next message, or None: none is there, or a signal came."""
        try:
            return self._queue.receive(block, self._receive_type)[0]
        except sysv_ipc.BusyError:
            return None
        except sysv_ipc.PermissionsError:
            raise PeerError("msgrcv", self.spec, errno.EACCES) from None
        except sysv_ipc.ExistentialError:
            raise self.peer_closed("msgrcv") from None
        except sysv_ipc.Error:
            return None  # EINTR
        except OSError as failure:
            if failure.errno == errno.E2BIG:
                raise PeerError("msgrcv", self.spec, errno.EBADMSG, "a message longer than a descriptor's 48 bytes") from None
            raise self.failed("msgrcv", failure) from failure

    def close(self):
        if self._handler is not None:
            signal.signal(signal.SIGALRM, self._handler)
            self._handler = None
        queue, self._queue = self._queue, None
        if queue is not None and self.is_writer:
            try:
                queue.remove()
            except sysv_ipc.ExistentialError:
                return  # somebody else removed it


def _wake(_number, _frame):
    """Nothing to do: that the call was interrupted is all."""
