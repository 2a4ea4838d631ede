# SPDX-License-Identifier: Apache-2.0
"""Channel `spin`: lanes in the segment; who waits looks at the tail until it changes.

It burns a CPU and is here to be measured. Not for use, least of all where both sides share a CPU.
"""

import os

from . import ChannelBase

LOOKS = 1000  # at the tail, between two looks at the clock


class Channel(ChannelBase):
    """See ChannelBase."""

    LANES = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._lanes = None

    def use_lanes(self, lanes):
        self._lanes = lanes

    def open(self):
        pass

    def send(self, descriptor):
        self._lanes.send.publish(descriptor)

    def arrived(self):
        return not self._lanes.receive.is_empty()

    def receive(self, descriptor):
        lane = self._lanes.receive
        looks = 0
        while lane.is_empty():
            looks += 1
            if looks % LOOKS:
                continue
            self.check_wait("spin")
            os.sched_yield()  # on one CPU the other side would not run otherwise
        lane.consume(descriptor)

    def close(self):
        pass
