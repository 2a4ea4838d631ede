# SPDX-License-Identifier: Apache-2.0
"""Channel `posix-mq:/NAME`: the POSIX message queues /NAME.r (to the reader) and /NAME.w (to the writer), by posix_ipc."""

import errno
import select

import posix_ipc

from ..descriptor import SIZE
from ..errors import PeerError
from ..interrupt import held
from . import ChannelBase
from .files import exact_mode

MESSAGES = 8  # of 48 bytes; mq_overview(7): an ordinary user may have 10


class Channel(ChannelBase):
    """See ChannelBase."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._created = []
        self._in = self._out = None
        self._readable = select.poll()

    def open(self):
        to_reader, to_writer = self.address + ".r", self.address + ".w"
        receive, send = (to_writer, to_reader) if self.is_writer else (to_reader, to_writer)
        self._in = self._open(receive, read=True, write=False)
        self._out = self._open(send, read=False, write=True)
        self._readable.register(self._in.mqd, select.POLLIN)  # a file descriptor on Linux: mq_overview(7)

    def _open(self, name, read, write):
        flags = posix_ipc.O_CREX if self.is_writer else 0
        try:
            with held(), exact_mode():
                queue = posix_ipc.MessageQueue(name, flags, self.mode, MESSAGES, SIZE, read, write)
                if self.is_writer:
                    self._created.append(name)
        except posix_ipc.ExistentialError:
            number = errno.EEXIST if self.is_writer else errno.ENOENT
            raise PeerError("mq_open", name, number) from None
        except posix_ipc.PermissionsError:
            raise PeerError("mq_open", name, errno.EACCES) from None
        except ValueError:
            raise PeerError("mq_open", name, errno.EINVAL, "see /proc/sys/fs/mqueue, mq_overview(7)") from None
        except OSError as failure:  # without its number for one of the limits of open files
            raise PeerError("mq_open", name, failure.errno or errno.EMFILE) from failure
        return queue

    def send(self, descriptor):
        while True:
            try:
                self._out.send(bytes(descriptor), self.slice_s())
                return
            except posix_ipc.BusyError:
                self.check_wait("mq_timedsend", "notify")
            except posix_ipc.SignalError:
                continue  # EINTR, and its handler did not raise
            except ValueError:
                raise PeerError("mq_timedsend", self.spec, errno.EMSGSIZE) from None

    def arrived(self):
        return bool(self._readable.poll(0))

    def receive(self, descriptor):
        while True:
            try:
                message, _ = self._in.receive(self.slice_s())
            except posix_ipc.BusyError:
                self.check_wait("mq_timedreceive")
                continue
            except posix_ipc.SignalError:
                continue
            if len(message) != SIZE:
                raise self.wrong_length("mq_timedreceive", len(message))
            descriptor[:] = message
            return

    def close(self):
        for queue in (self._in, self._out):
            if queue is not None:
                queue.close()
        self._in = self._out = None
        while self._created:
            try:
                posix_ipc.unlink_message_queue(self._created.pop())
            except posix_ipc.ExistentialError:
                continue  # somebody else removed it
