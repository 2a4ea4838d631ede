# SPDX-License-Identifier: Apache-2.0
"""The clock, and the ledger: which call took how long (for a person), and which stage (for the result)."""

import time

from .errors import PeerError
from .payload import print_line

now_ns = time.monotonic_ns  # CLOCK_MONOTONIC, as clock_gettime and System.nanoTime: the three agree on one kernel


class Ledger:
    """Times calls and sums them into stages. One ledger per command.

    lines -- the stream that takes one line per call, or None
    """

    def __init__(self, lines=None):
        self.lines = lines
        self.stages = {}

    def call(self, stage, label, object, function, *arguments):
        """Calls the function, times it, and returns what it returns. An OSError becomes a PeerError of call `label`.

        A label of None is timed into the stage without a line of its own.
        """
        begun = now_ns()
        try:
            result = function(*arguments)
        except OSError as failure:
            raise PeerError(label, object, failure.errno) from failure
        self.add(stage, label, now_ns() - begun)
        return result

    def add(self, stage, label, ns):
        """Adds `ns` to a stage and prints the line for a person."""
        self.stages[stage] = self.stages.get(stage, 0) + ns
        if label is not None:
            self.say("[QLOG] %s latency: %d" % (label, ns))

    def say(self, text):
        """One line for a person, if a person is there."""
        if self.lines is not None:
            print_line(text, self.lines)
