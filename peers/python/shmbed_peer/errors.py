# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, as values: call, object, errno and what to do. Only main turns them into text and an exit code."""

import errno
import os

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 64  # EX_USAGE of sysexits.h
EXIT_UNSUPPORTED = 77

# (call, errno name) -> what to do. Anything else gets the system's own words.
REMEDIES = {
    ("shm_open", "ENOENT"): "no segment of that name: start the writer first; ./shmbed ls shows what is there",
    ("shm_open", "EEXIST"): "a segment of that name is already there: run shm_reader or ./shmbed clean",
    ("shm_open", "EACCES"): "it belongs to another user: run as its owner, or take another --name",
    ("shm_open", "ELOOP"): "a symbolic link lies under that name in /dev/shm: remove it",
    ("shm_open", "EMFILE"): "too many open files: raise ulimit -n",
    ("ftruncate", "EFBIG"): "larger than a file of this process may be: raise ulimit -f",
    ("ftruncate", "EINVAL"): "the kernel refuses that size: choose a smaller --segment-size",
    ("posix_fallocate", "EFBIG"): "larger than a file of this process may be: raise ulimit -f",
    ("mmap", "ENOMEM"): "not enough address space: choose a smaller --segment-size or raise ulimit -v",
    ("mmap", "ENODEV"): "what lies under that name in /dev/shm is not shared memory: remove it",
    ("shm_unlink", "ENOENT"): "no segment of that name: it is removed already",
    ("shm_unlink", "EACCES"): "only its owner may remove it",
    ("ftok", "ENOENT"): "no such key file: name one with --key-file, or give --key",
    ("ftok", "EACCES"): "this user may not look at the key file",
    (
        "shmget",
        "ENOENT",
    ): "no segment of that key in this IPC namespace: start the writer first; ./shmbed ls shows what is there",
    ("shmget", "EEXIST"): "a segment of that key is already there: run shm_clean or ./shmbed clean",
    ("shmget", "EINVAL"): "the size is more than kernel.shmmax: choose a smaller --segment-size",
    ("shmget", "ENOSPC"): "kernel.shmmni segments, or kernel.shmall pages, are in use: run ./shmbed clean",
    ("shmget", "EACCES"): "it belongs to another user: run as its owner, or take another --key",
    ("shmat", "EACCES"): "it belongs to another user, or its mode forbids it: run as its owner",
    ("shmat", "EINVAL"): "the segment was removed just now: start the writer again",
    ("shmat", "ENOMEM"): "not enough address space: raise ulimit -v",
    ("shmctl", "EPERM"): "only its owner may remove it",
    ("bind", "EADDRINUSE"): "something is at that path already: take another one, or remove what a dead run left",
    ("connect", "ENOENT"): "no socket at that path: both sides need the same --channel",
    ("connect", "ECONNREFUSED"): "nobody listens there: start the writer first",
    ("mkfifo", "EEXIST"): "something is at that path already: take another one, or remove what a dead run left",
    ("mq_open", "EEXIST"): "a queue of that name is already there: take another name, or run ./shmbed clean",
    ("mq_open", "ENOENT"): "no queue of that name: both sides need the same --channel",
    ("mq_open", "EMFILE"): "too many queues or open files: see mq_overview(7) and ulimit -n",
    ("sem_open", "EEXIST"): "a semaphore of that name is already there: take another name, or run ./shmbed clean",
    ("sem_open", "ENOENT"): "no semaphore of that name: both sides need the same --channel",
    ("msgget", "EEXIST"): "a queue of that key is already there: take another key, or run ./shmbed clean",
    ("msgget", "ENOENT"): "no queue of that key: both sides need the same --channel",
    ("msgget", "ENOSPC"): "kernel.msgmni queues are in use: run ./shmbed clean",
    ("bpf OBJ_GET", "EACCES"): "the pins belong to another user: skmsg up --uid UID makes them yours",
    (
        "bpf OBJ_GET",
        "EPERM",
    ): "bpf(2) is not permitted here (seccomp, or kernel.unprivileged_bpf_disabled): use the channel skmsg",
    ("skmsg join", "E2BIG"): "the maps are full: see ./shmbed skmsg status",
    ("skmsg join", "ENFILE"): "the manager has as many peers as it takes: see ./shmbed skmsg status",
    ("futex", "ENOSYS"): "this program does not know the number of futex(2) on this processor",
    ("malloc", "ENOMEM"): "not enough memory for the payload",
    ("open", "ENOENT"): "no such file",
    ("open", "EACCES"): "this user may not open it",
    ("write", "EPIPE"): "nobody reads it any more",
}


class UsageError(Exception):
    """The command line is wrong; the message names the option. Exit 64."""


class Unsupported(Exception):
    """This peer does not have that layout, channel or codec; the message is the reason. Exit 77.

    lacks -- where it has them: what this machine lacks for them, such as `DPDK`
    """

    def __init__(self, message, lacks=None):
        super().__init__(message)
        self.lacks = lacks


class PeerError(Exception):
    """A call or a rule of the contract failed. Exit 1.

    call    -- the system call, or `classic`, `header`, `descriptor` for a rule of the contract
    object  -- what it was about: a name, a key, a path
    errno   -- the number, an `errno.E...`
    remedy  -- what to do; None: the usual words for this call and errno
    stage   -- where a deadline passed
    rule    -- which rule of the contract was broken
    """

    def __init__(self, call, object, errno, remedy=None, stage=None, rule=None):
        self.call = call
        self.object = object
        self.errno = errno
        self.remedy = remedy or REMEDIES.get((call, errno_name(errno))) or os.strerror(errno)
        self.stage = stage
        self.rule = rule
        super().__init__(self.message)

    @property
    def message(self):
        """The one line of the contract: `call object: ERRNO (what to do)`."""
        return "%s %s: %s (%s)" % (self.call, self.object, errno_name(self.errno), self.remedy)


def missing_module(missing):
    """The PeerError for a ModuleNotFoundError."""
    return PeerError("import", missing.name, errno.ENOPKG, "not installed: pip install -r peers/python/requirements.txt")


def errno_name(number):
    """EEXIST for 17; E<number> for a number without a name."""
    return errno.errorcode.get(number, "E%s" % number)
