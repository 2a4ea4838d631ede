# SPDX-License-Identifier: Apache-2.0
"""POSIX segments through the posix_ipc module (and mmap of the standard library): the peer python-posix."""

import contextlib
import errno
import mmap
import os

import posix_ipc

from ..header import SIZE as HEADER_SIZE
from ..interrupt import held
from . import SegmentBase, files


class Segment(SegmentBase):
    """See SegmentBase. shm_open(3) by posix_ipc.SharedMemory; size 0 there means: leave ftruncate to us."""

    def __init__(self, options, ledger):
        super().__init__(options, ledger)
        self.object = options.name
        self.title = "name=" + options.name
        self._descriptor = None
        self._map = None

    def create(self):
        with held():
            self._descriptor, self.created = files.create_or_open(self._create, self._open, self.options)
        if self.created:
            self.ledger.call("create", "fchmod", self.object, os.fchmod, self._descriptor, self.options.mode)
            self.ledger.call("size", "ftruncate", self.object, os.ftruncate, self._descriptor, self.options.segment_size)
        else:
            files.check_reusable(self._descriptor, self.object, self.options.segment_size)
        self.size_bytes = os.fstat(self._descriptor).st_size

    def _create(self):
        return self.ledger.call("create", "shm_open", self.object, _shm_open, self.object, posix_ipc.O_CREX, self.options.mode)

    def _open(self):
        return self.ledger.call("create", "shm_open", self.object, _shm_open, self.object)

    def reserve(self, length_bytes):
        if self.options.reserve:
            files.reserve(self._descriptor, length_bytes, self.object, self.ledger)

    def attach(self):
        self._attach("attach", mmap.PROT_READ | mmap.PROT_WRITE)

    def open_header(self, writable):
        self._protection = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
        self._descriptor = self.ledger.call(
            "reader-attach", "shm_open", self.object, _shm_open, self.object, 0, 0, not writable
        )
        self.size_bytes = self.ledger.call(
            "reader-attach", None, self.object, files.check_header_room, self._descriptor, self.object
        )
        self._map_bytes("reader-attach", HEADER_SIZE, mmap.PROT_READ)

    def open_rest(self, segment_size):
        self.release_view()
        self._map.close()
        self._map = None
        try:
            self._map_bytes("reader-attach", segment_size, self._protection)
        except ValueError:  # mmap of the standard library has looked at the size again
            raise files.too_small(self.object, os.fstat(self._descriptor).st_size) from None
        self._close_descriptor()

    def open(self):
        self._descriptor = self.ledger.call("reader-attach", "shm_open", self.object, _shm_open, self.object, 0, 0, True)
        self.size_bytes = self.ledger.call(
            "reader-attach", None, self.object, files.check_readable, self._descriptor, self.object
        )
        self._attach("reader-attach", mmap.PROT_READ)

    def _attach(self, stage, protection):
        self._map_bytes(stage, self.size_bytes, protection)
        self._close_descriptor()

    def _map_bytes(self, stage, length, protection):
        self._map = self.ledger.call(
            stage, "mmap", self.object, mmap.mmap, self._descriptor, length, mmap.MAP_SHARED, protection
        )
        self.view = memoryview(self._map)

    def detach(self):
        self.release_view()
        self.ledger.call("detach", "munmap", self.object, self._map.close)
        self._map = None

    def remove(self):
        self.ledger.call("remove", "shm_unlink", self.object, _shm_unlink, self.object)

    def close(self):
        self.release_view()
        if self._map is not None:
            self._map.close()
            self._map = None
        self._close_descriptor()

    def undo(self):
        with contextlib.suppress(FileNotFoundError):  # somebody else removed it
            _shm_unlink(self.object)

    def _close_descriptor(self):
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _shm_open(name, flags=0, mode=0, read_only=False):
    """shm_open(3): a file descriptor. posix_ipc's exceptions carry no errno; they become the OSError they came from.

    Somebody may have planted a FIFO under the name: with O_NONBLOCK opening it does not wait.
    """
    try:
        return posix_ipc.SharedMemory(name, flags | os.O_NONBLOCK, mode, 0, read_only).fd
    except posix_ipc.ExistentialError:
        raise _os_error(errno.EEXIST if flags & os.O_EXCL else errno.ENOENT) from None
    except posix_ipc.PermissionsError:
        raise _os_error(errno.EACCES) from None
    except ValueError:
        raise _os_error(errno.EINVAL) from None  # the name's length is checked before
    except OSError as failure:
        if failure.errno is not None:
            raise
        limit = errno.ENFILE if "system limit" in str(failure) else errno.EMFILE
        raise _os_error(limit) from None


def _shm_unlink(name):
    try:
        posix_ipc.unlink_shared_memory(name)
    except posix_ipc.ExistentialError:
        raise _os_error(errno.ENOENT) from None
    except posix_ipc.PermissionsError:
        raise _os_error(errno.EACCES) from None


def _os_error(number):
    return OSError(number, os.strerror(number))
