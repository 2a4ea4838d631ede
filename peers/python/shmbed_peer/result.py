# SPDX-License-Identifier: Apache-2.0
"""The result object of the contract's section 5, and where it goes."""

import contextlib
import json
import os
import sys

from .errors import PeerError, errno_name
from .payload import output, print_line, write_all

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
        if options.layout == "framed":
            self.fields["case"].update(window=options.window)
            if options.shape is None:
                self.fields["case"]["messageSize"] = options.message_size
            else:
                self.fields["case"]["shape"] = options.shape

    def set_payload(self, length, sha256, ledger):
        """What was exchanged: its bytes (without a classic text's NUL) and their SHA-256 in hex, or None."""
        self.fields["payload"] = {"length": length}
        if sha256 is not None:
            self.fields["payload"]["sha256"] = sha256
            ledger.say("msg sha256=" + sha256)

    def set_values(self, length, sha256):
        """The images of the values that were exchanged, likewise."""
        self.fields["values"] = {"length": length}
        if sha256 is not None:
            self.fields["values"]["sha256"] = sha256

    def set_proof(self, proof):
        """What a channel shows of the way its messages took, or None."""
        if proof is not None:
            self.fields["proof"] = proof

    def set_crc_mismatches(self, sequence_numbers):
        """The messages of the framed layout whose CRC-32C was another than their descriptor's."""
        self.fields["crcMismatches"] = len(sequence_numbers)
        if sequence_numbers:
            self.fields["firstCrcMismatch"] = sequence_numbers[0]

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
        print_line(line, sys.stdout)
        return
    with output(path) as stream:
        write_all(stream, line.encode("ascii") + b"\n", path)


def complain(message):
    """One line on stderr, if that takes it: there is nobody else to tell."""
    with contextlib.suppress(PeerError):
        print_line(message, sys.stderr)
