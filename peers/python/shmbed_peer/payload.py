# SPDX-License-Identifier: Apache-2.0
"""Files around an exchange: the payload that is read, what is written to --out and --trace, and the lines on stdout."""

import contextlib
import errno
import os
import stat
import sys

from .errors import PeerError
from .interrupt import held


def read_payload(path, limit_bytes=-1):
    """The bytes of a file, or the first `limit_bytes` of one that is longer. Raises PeerError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # O_NONBLOCK: a FIFO must not hang us
    except OSError as failure:
        raise PeerError("open", path, failure.errno) from failure
    with open(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PeerError("open", path, errno.EINVAL, "not a regular file")
        try:
            return stream.read(limit_bytes)
        except OSError as failure:
            raise PeerError("read", path, failure.errno) from failure


def read_text(path):
    """The text of a small file of /proc. Raises PeerError."""
    try:
        with open(path, encoding="ascii", errors="surrogateescape") as stream:
            return stream.read()
    except OSError as failure:
        raise PeerError("open", path, failure.errno) from failure


@contextlib.contextmanager
def output(path):
    """A binary, unbuffered stream to a file that is new or truncated, mode 0600; None for None. Raises PeerError.

    A file that was made here is removed again when the block fails.
    """
    if path is None:
        yield None
        return
    stream, created = None, False
    try:
        with held():
            stream, created = _open_new(path)
        yield stream
        _close(stream, path)
    except BaseException:
        if stream is not None:
            stream.close()
        if created:
            with contextlib.suppress(FileNotFoundError):  # somebody else removed it
                os.unlink(path)
        raise


def _open_new(path):
    """(stream, whether the file was made here)."""
    flags = os.O_WRONLY | os.O_CLOEXEC
    try:
        try:
            descriptor, created = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600), True
        except FileExistsError:
            descriptor, created = os.open(path, flags | os.O_TRUNC), False
        return open(descriptor, "wb", buffering=0), created
    except OSError as failure:
        raise PeerError("open", path, failure.errno) from failure


def _close(stream, path):
    try:
        stream.close()
    except OSError as failure:
        raise PeerError("close", path, failure.errno) from failure


def write_all(stream, data, path):
    """Writes all of it to an unbuffered stream. Raises PeerError."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[stream.write(rest) :]
    except OSError as failure:
        raise PeerError("write", path, failure.errno) from failure


def print_line(text, stream):
    """Prints a line on stdout or stderr, which is through then. Raises PeerError."""
    with _printing(stream):
        print(text, file=stream, flush=True)


def print_bytes(data, stream):
    """Writes bytes to the binary stream of stdout, likewise. Raises PeerError."""
    with _printing(stream):
        stream.write(data)
        stream.flush()


@contextlib.contextmanager
def _printing(stream):
    try:
        yield
    except OSError as failure:
        null = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        os.dup2(null, stream.fileno())  # or what is still buffered would fail again at the end of the process
        os.close(null)
        name = "stderr" if stream is sys.stderr else "stdout"
        raise PeerError("write", name, failure.errno) from failure
