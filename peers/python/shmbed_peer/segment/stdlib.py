# SPDX-License-Identifier: Apache-2.0
"""POSIX segments through multiprocessing.shared_memory of the standard library: the peer python-stdlib.

SharedMemory opens, sizes and maps in one call, so that call's time is all in the first stage (create, reader-attach).
"""

import contextlib
import os
import sys
from multiprocessing import resource_tracker, shared_memory

from ..interrupt import held
from . import SegmentBase, files


class _Memory(shared_memory.SharedMemory):
    """SharedMemory that the resource tracker never hears of.

    The tracker unlinks, when a process ends, every object this process so much as attached (python/cpython#82300), and is
    a process of its own. Python 3.13 has `track=False`; before, the two calls to the tracker are left out.
    """

    _flags = shared_memory.SharedMemory._flags | os.O_NONBLOCK  # as _shm_open of posix.py

    def __init__(self, name, size_bytes=None):
        create = size_bytes is not None
        self._may_unlink = create  # a constructor that fails would unlink even where it only attached
        with _untracked() as track:
            super().__init__(name, create, size_bytes or 0, **track)
        self._may_unlink = True

    def unlink(self):
        if self._may_unlink:
            with _untracked():
                super().unlink()

    @property
    def descriptor(self):
        """The file descriptor that SharedMemory keeps; it has no public name."""
        return self._fd


@contextlib.contextmanager
def _untracked():
    """Yields what SharedMemory wants to hear to leave the tracker alone."""
    if sys.version_info >= (3, 13):
        yield {"track": False}
        return
    before = resource_tracker.register, resource_tracker.unregister
    resource_tracker.register = resource_tracker.unregister = _no_tracker
    try:
        yield {}
    finally:
        resource_tracker.register, resource_tracker.unregister = before


def _no_tracker(_name, _kind):
    pass


class Segment(SegmentBase):
    """See SegmentBase. SharedMemory always maps for reading and writing, and keeps its descriptor until it is closed."""

    def __init__(self, options, ledger):
        super().__init__(options, ledger)
        self.object = options.name
        self.title = "name=" + options.name
        self._memory = None

    def create(self):
        with held():
            self._memory, self.created = files.create_or_open(self._create, self._open, self.options)
        if self.created:
            self.ledger.call("create", "fchmod", self.object, os.fchmod, self._memory.descriptor, self.options.mode)
        else:
            files.check_reusable(self._memory.descriptor, self.object, self.options.segment_size)
        self.size_bytes = self._memory.size

    def _create(self):
        return self._memory_of("create", files.empty, self.options.segment_size)

    def _open(self):
        return self._memory_of("create", files.empty)

    def _memory_of(self, stage, error_when_empty, *size_bytes):
        try:
            return self.ledger.call(stage, "shm_open", self.object, _Memory, self.object[1:], *size_bytes)
        except ValueError:  # mmap(2) refuses 0 bytes; Python says so without an errno
            raise error_when_empty(self.object) from None

    def reserve(self, length_bytes):
        if self.options.reserve:
            files.reserve(self._memory.descriptor, length_bytes, self.object, self.ledger)

    def attach(self):
        self.view = self._memory.buf[:]  # mapped since create

    def open(self):
        self._memory = self._memory_of("reader-attach", files.empty)
        self.size_bytes = files.check_readable(self._memory.descriptor, self.object)
        self.view = self._memory.buf[:]

    def open_header(self, writable):
        self._memory = self._memory_of("reader-attach", files.not_sized)
        self.size_bytes = files.check_header_room(self._memory.descriptor, self.object)
        self.view = self._memory.buf[:]

    def open_rest(self, segment_size):
        self.release_view()
        self.view = self._memory.buf[:segment_size]

    def detach(self):
        self.release_view()
        self.ledger.call("detach", "munmap", self.object, self._memory.close)

    def remove(self):
        self.ledger.call("remove", "shm_unlink", self.object, self._memory.unlink)

    def close(self):
        self.release_view()
        if self._memory is not None:
            self._memory.close()

    def undo(self):
        with contextlib.suppress(FileNotFoundError):  # somebody else removed it
            self._memory.unlink()
