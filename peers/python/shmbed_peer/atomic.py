# SPDX-License-Identifier: Apache-2.0
"""Loads and stores of 64-bit words in shared memory, ordered as acquire and release.

A word is an element of a memoryview of format `Q`: CPython moves its 8 bytes with a fixed-size memcpy, which compilers make
one aligned load or store, so it is never seen half done. Words lie at multiples of 8.

Order: x86-64 keeps loads in order with loads, and stores with stores (Intel SDM volume 3, "memory ordering"), and the
interpreter's calls keep the compiler from reordering. Other processors need a fence. Giving a lock back and taking it again
is one: the release of the lock may not be moved before what precedes it, nor the acquire after what follows it, and an
acquire is not moved before a release of the same word (Arm ARM, "barrier-ordered-before": release, then acquire).
"""

import os
import threading

_ORDERED = os.uname().machine in ("x86_64", "i686")
_lock = threading.Lock()
_lock.acquire()


def _fence():
    _lock.release()
    _lock.acquire()


def load_acquire(words, index):
    """The word; what its writer stored before storing it is seen by loads after this one."""
    value = words[index]
    if not _ORDERED:
        _fence()
    return value


def store_release(words, index, value):
    """Stores the word; whoever sees it sees what was stored before."""
    if not _ORDERED:
        _fence()
    words[index] = value
