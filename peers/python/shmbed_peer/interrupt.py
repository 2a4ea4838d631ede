# SPDX-License-Identifier: Apache-2.0
"""SIGINT, SIGTERM and SIGHUP as an exception, so that `finally` and `with` remove what was half made."""

import contextlib
import signal

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal asked this process to end. Nothing but main handles it.

    A KeyboardInterrupt, because posix_ipc throws away any other exception of a signal handler that interrupts its waits.
    """

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def install():
    """From now on the first of the signals raises Interrupted; later ones do not disturb the clean-up."""
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # ignored: started by nohup(1)
            signal.signal(number, _interrupt)


def _interrupt(number, _frame):
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)


@contextlib.contextmanager
def held():
    """Holds the signals back, so that an object is made *and* noted as ours, or neither."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
