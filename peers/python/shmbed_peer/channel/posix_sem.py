# SPDX-License-Identifier: Apache-2.0
"""Channel `posix-sem:/NAME`: lanes in the segment, and the named semaphores /NAME.r (to the reader) and /NAME.w by posix_ipc.

One post for one descriptor.
"""

import errno

import posix_ipc

from ..errors import PeerError
from ..interrupt import held
from . import ChannelBase
from .files import exact_mode


class Channel(ChannelBase):
    """See ChannelBase."""

    LANES = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._created = []
        self._in = self._out = None
        self._lanes = None

    def use_lanes(self, lanes):
        self._lanes = lanes

    def open(self):
        to_reader, to_writer = self.address + ".r", self.address + ".w"
        receive, send = (to_writer, to_reader) if self.is_writer else (to_reader, to_writer)
        self._in = self._open(receive)
        self._out = self._open(send)

    def _open(self, name):
        flags = posix_ipc.O_CREX if self.is_writer else 0
        try:
            with held(), exact_mode():
                semaphore = posix_ipc.Semaphore(name, flags, self.mode, 0)
                if self.is_writer:
                    self._created.append(name)
        except posix_ipc.ExistentialError:
            number = errno.EEXIST if self.is_writer else errno.ENOENT
            raise PeerError("sem_open", name, number) from None
        except posix_ipc.PermissionsError:
            raise PeerError("sem_open", name, errno.EACCES) from None
        except ValueError:
            raise PeerError("sem_open", name, errno.EINVAL) from None
        except OSError as failure:  # without its number for one of the limits of open files
            raise PeerError("sem_open", name, failure.errno or errno.EMFILE) from failure
        return semaphore

    def send(self, descriptor):
        self._lanes.send.publish(descriptor)
        self._out.release()

    def arrived(self):
        return not self._lanes.receive.is_empty()

    def receive(self, descriptor):
        while True:
            try:
                self._in.acquire(self.slice_s())
                break
            except posix_ipc.BusyError:
                self.check_wait("sem_timedwait")
            except posix_ipc.SignalError:
                continue  # EINTR, and its handler did not raise
        if self._lanes.receive.is_empty():
            raise PeerError("consume", "lane", errno.EPROTO, "the semaphore was posted, and nothing is in the lane")
        self._lanes.receive.consume(descriptor)

    def close(self):
        for semaphore in (self._in, self._out):
            if semaphore is not None:
                semaphore.close()
        self._in = self._out = None
        while self._created:
            try:
                posix_ipc.unlink_semaphore(self._created.pop())
            except posix_ipc.ExistentialError:
                continue  # somebody else removed it
