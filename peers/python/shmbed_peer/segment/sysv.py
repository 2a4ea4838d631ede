# SPDX-License-Identifier: Apache-2.0
"""System V segments through the sysv_ipc module: the peer python-sysv.

shmget(2) alone goes through ctypes. sysv_ipc.SharedMemory would do shmget, shmat and fill the whole segment in one call:
no stage could be told from the next, every page would be touched, and a failed attach would lose the id of what was made.
"""

import ctypes
import errno
import os

import sysv_ipc

from ..errors import PeerError
from ..header import SIZE as HEADER_SIZE
from ..interrupt import held
from ..latency import now_ns
from ..payload import read_text
from . import SegmentBase
from .files import too_small

_libc = ctypes.CDLL(None, use_errno=True)
_libc.shmget.argtypes = (ctypes.c_int, ctypes.c_size_t, ctypes.c_int)


class Segment(SegmentBase):
    """See SegmentBase. The key is --key, or ftok(3) of --key-file with project id 0."""

    READER_REMOVES = False

    def __init__(self, options, ledger):
        super().__init__(options, ledger)
        self._id = None
        self._memory = None

    def create(self):
        self._find_key("create")
        options = self.options
        while True:  # the segment may go away between the two calls
            try:
                with held():
                    self._get("create", options.segment_size, sysv_ipc.IPC_CREX | options.mode)
                    self.created = True
                return
            except PeerError as failure:
                if failure.errno != errno.EEXIST or options.exclusive or now_ns() > options.deadline_ns:
                    raise
            try:
                self._reuse()
                return
            except PeerError as failure:
                if failure.errno != errno.ENOENT:
                    raise

    def _reuse(self):
        size_bytes = self.options.segment_size
        try:
            self._get("create", size_bytes, 0)
            too_small = False
        except PeerError as failure:
            if failure.errno != errno.EINVAL:
                raise
            too_small = True
            self._get("create", 0, 0)
        owner, real_size_bytes = _owner_and_size(self._id)
        if too_small or owner != os.geteuid():
            raise PeerError(
                "shmget",
                self.object,
                errno.EEXIST,
                "a segment of that key is already there and cannot be used again: it has %d bytes and belongs to user %d, "
                "wanted %d bytes; run shm_clean or ./shmbed clean" % (real_size_bytes, owner, size_bytes),
            )

    def reserve(self, length_bytes):
        pass  # System V has no such call

    def attach(self):
        self._attach("attach", 0)
        self.size_bytes = self._memory.size

    def open(self):
        self._find_key("reader-attach")
        self._get("reader-attach", 0, 0)
        self._attach("reader-attach", sysv_ipc.SHM_RDONLY)
        self.size_bytes = self.ledger.call("reader-attach", "shmctl", self.object, getattr, self._memory, "size")

    def open_header(self, writable):
        self._find_key("reader-attach")
        self._get("reader-attach", 0, 0)
        self._attach("reader-attach", 0 if writable else sysv_ipc.SHM_RDONLY)
        self.size_bytes = self.ledger.call("reader-attach", "shmctl", self.object, getattr, self._memory, "size")
        if self.size_bytes < HEADER_SIZE:
            raise too_small(self.object, self.size_bytes)

    def open_rest(self, segment_size):
        self.release_view()
        self.view = memoryview(self._memory)[:segment_size]

    def _attach(self, stage, flags):
        self._memory = self.ledger.call(stage, "shmat", self.title, _shmat, self._id, flags)
        self.view = memoryview(self._memory)

    def detach(self):
        self.release_view()
        self.ledger.call("detach", "shmdt", self.object, self._memory.detach)
        self._memory = None

    def remove(self):
        if self._id is None:
            self._find_key("remove")
            self._get("remove", 0, 0)
        self.ledger.call("remove", "shmctl", self.title, _remove, self._id)

    def close(self):
        self.release_view()
        if self._memory is not None:
            self._memory.detach()
            self._memory = None

    def undo(self):
        try:
            _remove(self._id)
        except OSError as failure:
            if failure.errno != errno.EIDRM:  # somebody else removed it
                raise

    def _find_key(self, stage):
        options = self.options
        if options.key_file is not None:
            path = options.key_file
            key = self.ledger.call(stage, "ftok", path, sysv_ipc.ftok, path, 0, True) & 0xFFFFFFFF
            if key == 0:  # device and inode may end in zeros
                raise PeerError("ftok", path, errno.EINVAL, "its key is 0, IPC_PRIVATE: take another key file, or --key")
            options.key = key
        self.object = "key=0x%08x" % options.key

    def _get(self, stage, size_bytes, flags):
        self._id = self.ledger.call(stage, "shmget", self.object, _shmget, self.options.key, size_bytes, flags)
        self.title = "%s id=%d" % (self.object, self._id)


def _shmget(key, size_bytes, flags):
    """shmget(2): the id."""
    id = _libc.shmget(ctypes.c_int(key).value, size_bytes, flags)
    if id == -1:
        raise _os_error(ctypes.get_errno())
    return id


def _shmat(id, flags):
    """shmat(2). sysv_ipc's exceptions carry no errno; they become the OSError they came from."""
    try:
        return sysv_ipc.attach(id, None, flags)
    except sysv_ipc.ExistentialError:
        raise _os_error(errno.EIDRM) from None
    except sysv_ipc.PermissionsError:
        raise _os_error(errno.EACCES) from None
    except MemoryError:
        raise _os_error(errno.ENOMEM) from None
    except ValueError:
        raise _os_error(errno.EINVAL) from None


def _remove(id):
    """shmctl(2), IPC_RMID."""
    try:
        sysv_ipc.remove_shared_memory(id)
    except sysv_ipc.ExistentialError:
        raise _os_error(errno.EIDRM) from None
    except sysv_ipc.PermissionsError:
        raise _os_error(errno.EPERM) from None


def _owner_and_size(id):
    """User id and bytes of a segment, from /proc/sysvipc/shm (proc(5)): unlike IPC_STAT it needs no permission."""
    columns, *rows = (line.split() for line in read_text("/proc/sysvipc/shm").splitlines())
    for row in (dict(zip(columns, row)) for row in rows):
        if int(row["shmid"]) == id:
            return int(row["uid"]), int(row["size"])
    raise PeerError("shmget", "id=%d" % id, errno.EIDRM, "it was removed just now: start the writer again")


def _os_error(number):
    return OSError(number, os.strerror(number))
