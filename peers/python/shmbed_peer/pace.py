# SPDX-License-Identifier: Apache-2.0
"""When each measured message is due under --rate (contract, section 9), and whether the writer kept to it."""

from .latency import now_ns

NS_PER_S = 1000000000


class Pace:
    """Each message is due at a time of its own, counted from the first: one that is late does not shift the others.

    rate -- messages per second
    """

    def __init__(self, rate):
        self.rate = rate
        self._begun_ns = 0
        self._first_ns = self._last_ns = None  # just before the first and the newest send
        self._sent = self._late = 0

    def begin(self):
        """The clock starts now, at message 0."""
        self._begun_ns = now_ns()

    def due_ns(self, i):
        """When measured message i (from 0) is due."""
        return self._begun_ns + i * NS_PER_S // self.rate

    def sent(self, i, at_ns):
        """Measured message i was about to be sent at that time."""
        if self._first_ns is None:
            self._first_ns = at_ns
        self._last_ns = at_ns
        self._sent += 1
        self._late += at_ns - self.due_ns(i) > NS_PER_S // self.rate

    def result(self):
        """The `rate` of the result object."""
        fields = {"wanted": self.rate, "late": self._late}
        if self._sent > 1:
            fields["achieved"] = (self._sent - 1) * NS_PER_S / (self._last_ns - self._first_ns)
        return fields
