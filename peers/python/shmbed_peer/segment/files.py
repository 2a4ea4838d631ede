# SPDX-License-Identifier: Apache-2.0
"""What the two POSIX peers share: a segment is a file in /dev/shm, known by a descriptor."""

import errno
import os
import stat

from ..errors import PeerError, errno_name
from ..header import SIZE as HEADER_SIZE
from ..latency import now_ns


def create_or_open(create, open_existing, options):
    """Creates exclusively; where that is EEXIST, opens what is there. Returns (handle, whether it was created).

    The object may go away between the two calls: then it is created after all, until the deadline.
    """
    while True:
        try:
            return create(), True
        except PeerError as failure:
            if failure.errno != errno.EEXIST or options.exclusive or now_ns() > options.deadline_ns:
                raise
        try:
            return open_existing(), False
        except PeerError as failure:
            if failure.errno != errno.ENOENT:
                problem = "opening it is %s, %s" % (errno_name(failure.errno), failure.remedy)
                raise not_reusable(failure.object, problem) from failure


def check_reusable(descriptor, object, segment_size):
    """Raises the EEXIST error unless the object is a regular file of this user, and large enough."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        problem = "it is not shared memory"
    elif status.st_uid != os.geteuid():
        problem = "it belongs to user %d, with %d bytes" % (status.st_uid, status.st_size)
    elif status.st_size < segment_size:
        problem = "it has %d bytes (of user %d), wanted %d" % (status.st_size, status.st_uid, segment_size)
    else:
        return
    raise not_reusable(object, problem)


def not_reusable(object, problem):
    """The EEXIST error for an object that is in the way."""
    return PeerError(
        "shm_open",
        object,
        errno.EEXIST,
        "something of that name is already there and cannot be used again: %s; run shm_reader or ./shmbed clean" % problem,
    )


def check_readable(descriptor, object):
    """Returns the size in bytes. Raises PeerError unless the object is a regular file that is not empty."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise PeerError("classic", object, errno.EINVAL, "what lies under that name in /dev/shm is not shared memory")
    if status.st_size == 0:
        raise empty(object)
    return status.st_size


def check_header_room(descriptor, object):
    """Returns the size in bytes. Raises EAGAIN for an object that is not sized yet, else as check_readable."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise PeerError("header", object, errno.EINVAL, "what lies under that name in /dev/shm is not shared memory")
    if status.st_size == 0:
        raise not_sized(object)
    if status.st_size < HEADER_SIZE:
        raise too_small(object, status.st_size)
    return status.st_size


def not_sized(object):
    """The error that means: look again."""
    return PeerError("header", object, errno.EAGAIN, "its writer has not sized it yet")


def too_small(object, size_bytes):
    """The error for an object without room for a header."""
    problem = "SEGMENT_SIZE: the object has %d bytes, not even the %d of a header" % (size_bytes, HEADER_SIZE)
    return PeerError("header", object, errno.EBADMSG, problem, rule="SEGMENT_SIZE")


def empty(object):
    """The error for an object of no bytes: created, and not sized yet or cut since."""
    return PeerError("classic", object, errno.EBADMSG, "it has no bytes: its writer has not sized it, or it was cut")


def reserve(descriptor, length_bytes, object, ledger):
    """posix_fallocate(3) of the first bytes. ENOSPC says what was wanted and what is free."""
    try:
        ledger.call("reserve", "posix_fallocate", object, os.posix_fallocate, descriptor, 0, length_bytes)
    except PeerError as failure:
        if failure.errno == errno.ENOSPC:
            space = os.fstatvfs(descriptor)
            failure = PeerError(
                "posix_fallocate",
                object,
                errno.ENOSPC,
                "wanted %d bytes, %d are free in /dev/shm: remove old segments (./shmbed clean) or make it larger"
                % (length_bytes, space.f_bavail * space.f_frsize),
            )
        raise failure from None
