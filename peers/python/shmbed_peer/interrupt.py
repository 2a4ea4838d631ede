# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM as an exception, so that `finally` and `with` remove what was half made."""

import contextlib
import signal

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """A signal asked this process to end. Nothing but main handles it.

    A KeyboardInterrupt, because posix_ipc throws away any other exception of a signal handler that interrupts its waits.
    """

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def install():
    """From now on the first SIGINT or SIGTERM raises Interrupted; later ones do not disturb the clean-up."""
    for number in SIGNALS:
        signal.signal(number, _interrupt)


def _interrupt(number, _frame):
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)


@contextlib.contextmanager
def held():
    """Holds both signals back, so that an object is made *and* noted as ours, or neither."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
