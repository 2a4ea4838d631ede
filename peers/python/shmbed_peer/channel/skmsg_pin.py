# SPDX-License-Identifier: Apache-2.0
"""Channel `skmsg-pin:PATH`: as `skmsg`, but this peer does the calls of bpf(2) itself, on the pins. It needs no privilege."""

import contextlib
import ctypes
import errno
import os

from . import skmsg

_SYSCALLS = {"x86_64": 321, "aarch64": 280}  # __NR_bpf of the kernel's syscall tables
# Commands and a flag of linux/bpf.h
BPF_MAP_LOOKUP_ELEM, BPF_MAP_UPDATE_ELEM, BPF_MAP_DELETE_ELEM, BPF_OBJ_GET = 1, 2, 3, 7
BPF_NOEXIST = 1

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def _bpf(command, *words):
    """One call; `words` are the 64-bit words of its union bpf_attr, as little-endian processors have them."""
    attributes = (ctypes.c_uint64 * 9)(*words)
    number = _SYSCALLS.get(os.uname().machine)
    if number is None:
        raise OSError(errno.ENOSYS, "bpf(2) has another number on this processor")
    result = _libc.syscall(ctypes.c_long(number), command, ctypes.byref(attributes), ctypes.sizeof(attributes))
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class _Map:
    """A pinned map."""

    def __init__(self, path):
        name = ctypes.create_string_buffer(os.fsencode(path))
        self.descriptor = _bpf(BPF_OBJ_GET, ctypes.addressof(name))

    def put(self, key, value):
        """Stores a value; EEXIST if there is one."""
        self._element(BPF_MAP_UPDATE_ELEM, key, value, BPF_NOEXIST)

    def find(self, key, size):
        """The value's bytes; ENOENT if there is none."""
        value = ctypes.create_string_buffer(size)
        self._element(BPF_MAP_LOOKUP_ELEM, key, value)
        return value.raw

    def take(self, key):
        """Removes a value; ENOENT if there is none."""
        self._element(BPF_MAP_DELETE_ELEM, key)

    def _element(self, command, key, value=None, flags=0):
        key = ctypes.create_string_buffer(skmsg.KEY.pack(*key), skmsg.KEY.size)
        where = 0 if value is None else ctypes.addressof(value)
        _bpf(command, self.descriptor, ctypes.addressof(key), where, flags)

    def close(self):
        """Closes it."""
        os.close(self.descriptor)


class PinWay:
    """The way into the maps by their pins. See skmsg.ManagerWay."""

    def __init__(self, folder, _deadline_ns):
        self._targets = _Map(os.path.join(folder, "bpf", "targets"))
        try:
            self._counts = _Map(os.path.join(folder, "bpf", "counts"))
        except OSError:
            self._targets.close()
            raise
        self._key = None

    def join(self, sender, key):
        self._counts.put(key, ctypes.create_string_buffer(24))
        self._key = key
        self._sender = ctypes.c_uint64(sender.fileno())

    def put(self, key):
        self._targets.put(key, self._sender)

    def take(self, key):
        self._targets.take(key)

    def seek(self):
        self._targets.find(self._key, 8)

    def count(self):
        return tuple((ctypes.c_uint64 * 3).from_buffer_copy(self._counts.find(self._key, 24)))

    def is_alive(self):
        return True  # the maps stay as long as this process has them open

    def close(self, other):
        if self._key is not None:
            for each, key in ((self._targets, other), (self._counts, self._key)):
                with contextlib.suppress(OSError):  # ENOENT
                    each.take(key)
        self._targets.close()
        self._counts.close()


class Channel(skmsg.Channel):
    """See ChannelBase."""

    WAY = PinWay
