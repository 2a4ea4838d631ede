# SPDX-License-Identifier: Apache-2.0
"""Files around an exchange: the payload that is read, and what is written to --out and --trace."""

import errno
import os
import stat

from .errors import PeerError


def read_payload(path, limit_bytes=-1):
    """The bytes of a file, or the first `limit_bytes` of one that is longer. Raises PeerError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # O_NONBLOCK: a FIFO must not hang us
    except OSError as failure:
        raise PeerError("open", path, failure.errno) from failure
    with open(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PeerError("open", path, errno.EINVAL, "not a regular file")
        return stream.read(limit_bytes)


def open_output(path):
    """A binary, unbuffered stream to a file that is new or truncated, mode 0600. Raises PeerError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        return open(path, "wb", buffering=0, opener=lambda name, _: os.open(name, flags, 0o600))
    except OSError as failure:
        raise PeerError("open", path, failure.errno) from failure


def write_all(stream, data, path):
    """Writes all of it to an unbuffered stream. Raises PeerError."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[stream.write(rest) :]
    except OSError as failure:
        raise PeerError("write", path, failure.errno) from failure
