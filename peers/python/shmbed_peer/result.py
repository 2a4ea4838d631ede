# SPDX-License-Identifier: Apache-2.0
"""The result object of the contract's section 5, and where it goes."""

import json
import os
import sys

from .errors import PeerError, errno_name

SCHEMA = 1


class Result:
    """One command's result: filled while the command runs, then written once."""

    def __init__(self, peer, role):
        self.fields = {"schema": SCHEMA, "peer": peer.id, "role": role, "exit": None}

    def set_case(self, options):
        """The case values, as they were understood."""
        self.fields["case"] = {
            "layout": options.layout,
            "name": options.name,
            "key": options.key,
            "segmentSize": options.segment_size,
            "mode": "%04o" % options.mode,
            "channel": options.channel,
            "codec": options.codec,
            "count": options.count,
            "warmup": options.warmup,
        }

    def set_payload(self, length, sha256):
        """What was exchanged: its bytes (without a classic text's NUL) and their SHA-256 in hex."""
        self.fields["payload"] = {"length": length, "sha256": sha256}

    def set_error(self, error):
        """A PeerError."""
        self.fields["error"] = {
            "call": error.call,
            "object": error.object,
            "errno": errno_name(error.errno),
            "message": error.message,
        }
        if error.rule is not None:
            self.fields["error"]["name"] = error.rule
        if error.stage is not None:
            self.fields["error"]["stage"] = error.stage

    def line(self):
        """The object on one line of ASCII, without its newline."""
        self.fields["pid"] = os.getpid()
        return json.dumps(self.fields, separators=(",", ":"))


def write_result(path, line):
    """Writes the line to a file of mode 0600, or to stdout for `-`. Raises PeerError."""
    if path == "-":
        print(line, flush=True)
        return
    with open_output(path) as stream:
        stream.write(line.encode("ascii") + b"\n")


def open_output(path):
    """A binary, unbuffered stream to a file that is new or truncated, mode 0600. Raises PeerError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        return open(path, "wb", buffering=0, opener=lambda name, _: os.open(name, flags, 0o600))
    except OSError as failure:
        raise PeerError("open", path, failure.errno) from failure


def complain(message):
    """One line on stderr."""
    print(message, file=sys.stderr, flush=True)
