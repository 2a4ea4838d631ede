# SPDX-License-Identifier: Apache-2.0
"""Which Python peers there are, and what each of them has."""

import importlib

from .channel import ADDRESSES
from .errors import missing_module


class Peer:
    """One peer: its id, the API family, the module of its segments, and the layouts and channels it has."""

    def __init__(self, id, family, module, layouts, channels):
        self.id = id
        self.family = family
        self.module = module
        self.layouts = layouts
        self.channels = channels

    def segments(self):
        """The module of `shmbed_peer.segment` for this peer, loaded when it is first needed. Raises PeerError."""
        try:
            return importlib.import_module("shmbed_peer.segment." + self.module)
        except ModuleNotFoundError as missing:
            raise missing_module(missing) from missing


PEERS = {
    peer.id: peer
    for peer in (
        Peer("python-posix", "posix", "posix", ("classic", "os", "framed"), tuple(ADDRESSES)),
        Peer("python-stdlib", "posix", "stdlib", ("classic", "os", "framed"), tuple(ADDRESSES)),
        Peer("python-sysv", "sysv", "sysv", ("classic", "framed"), tuple(ADDRESSES)),
    )
}
