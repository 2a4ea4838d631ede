# SPDX-License-Identifier: Apache-2.0
"""The option language of the contract's section 2: every value is checked here, before anything is created."""

import argparse
import os
import re
from pathlib import Path

from . import VERSION
from . import codec as codecs
from .channel import ADDRESSES
from .errors import Unsupported, UsageError
from .header import SLOTS_MAX
from .latency import now_ns
from .shape import SHAPES

NAME_BYTES_MAX = 255  # after the slash: NAME_MAX of tmpfs
SIZE_MAX = 1 << 46
DEADLINE_MS_MAX = 86400000  # one day
COUNT_MAX = 10**8  # every message has time stamps in memory
REPEAT_MAX = 10**6
RATE_MAX = 10**7  # messages per second
SOCKET_PATH_BYTES_MAX = 107  # sun_path of unix(7), without its NUL
CHANNEL_NAME_BYTES_MAX = 247  # leaves room for `sem.` and `.r`
DIGITS = "[0-9]{1,20}"  # all of a u64
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

# layout -> the defaults of the contract's sections 2 and 4
DEFAULTS = {
    "classic": {"name": "/shm_posix", "segment_size": 8388608, "mode": 0o600},
    "os": {"name": "/OS", "segment_size": 4096, "mode": 0o666},
    "framed": {"name": "/shmbed", "segment_size": None, "mode": 0o600},  # None: just what is needed
}


class _Parser(argparse.ArgumentParser):
    def error(self, message):  # argparse would exit with 2
        raise UsageError(message)


class _Refuse(argparse.Action):
    """An option that makes no sense where it stands: --help has no answer in a served line."""

    def __init__(self, option_strings, dest):
        super().__init__(option_strings, dest, nargs=0)

    def __call__(self, parser, namespace, values, option_string=None):
        raise UsageError("%s: not in a line of --serve" % option_string)


def parser(peer, role, served):
    """The argparse parser of one program. Values stay text here, so that a wrong one does not hide --result."""
    made = _Parser(
        prog="shm_%s.py" % {"writer": "writer", "reader": "reader", "cleaner": "clean"}[role],
        description="The %s of %s, a shared-memory peer. With no option it behaves as the original program." % (role, peer.id),
        allow_abbrev=False,
        add_help=not served,
    )
    if served:
        for flag in ("-h", "--help", "--version", "--serve"):
            made.add_argument(flag, action=_Refuse)
    else:
        made.add_argument("--version", action="version", version="%s %s %s (peer contract 1)" % (peer.id, role, VERSION))
        made.add_argument("--serve", action="store_true", help="stay, and read one command line per line of stdin")
    if role == "writer":
        made.add_argument("message_text_size", metavar="MSG_SIZE", nargs="?", help="<n>B: n-1 times `a`, then NUL")
    made.add_argument("--layout", default="classic", help="%s (default: classic)" % ", ".join(peer.layouts))
    if peer.family == "posix":
        made.add_argument("--name", help="POSIX name (default: /shm_posix; os: /OS; framed: /shmbed)")
    else:
        made.add_argument("--key-file", help="ftok(PATH, 0) (default: shmkey.txt here, else the one of peers/c/sysv)")
        made.add_argument("--key", help="the key itself, decimal or 0x..")
    made.add_argument("--segment-size", help="bytes, or with K, M, G (default: 8388608; os: 4096; framed: what is needed)")
    made.add_argument("--mode", help="permission bits, octal (default: 0600; os: 0666)")
    made.add_argument("--exclusive", action="store_true", help="an object that is already there is an error")
    made.add_argument("--no-reserve", dest="reserve", action="store_false", help="leave out posix_fallocate")
    made.add_argument("--payload", metavar="FILE", help="the bytes to exchange")
    made.add_argument("--out", metavar="FILE", help="the raw bytes that were read")
    made.add_argument("--result", metavar="FILE", help="the result object; - is stdout")
    made.add_argument(
        "--deadline-ms", metavar="N", default="10000", help="every wait ends N ms after the start (default: 10000)"
    )
    made.add_argument("--channel", metavar="SPEC", help="framed: " + ", ".join(ADDRESSES) + ", with :ADDRESS")
    made.add_argument("--shape", metavar="S", help="framed: messages are values: " + ", ".join(SHAPES))
    made.add_argument("--codec", default="raw", help="raw (default), or with --shape: " + ", ".join(codecs.CODECS))
    made.add_argument("--values", metavar="FILE", help="with --shape: the values that were decoded")
    made.add_argument("--count", metavar="N", default="1", help="framed: measured messages (default: 1)")
    made.add_argument("--warmup", metavar="N", default="0", help="framed: messages before them (default: 0)")
    made.add_argument("--message-size", metavar="N", help="framed: bytes per message")
    made.add_argument("--window", metavar="N", default="1", help="framed: messages on the way at most, 1 to 8")
    if role == "writer":
        made.add_argument(
            "--rate", metavar="N", default="0", help="framed: measured messages per second (default: 0, as many as can be)"
        )
    else:
        made.set_defaults(rate="0")
    made.add_argument(
        "--no-verify", dest="verify", action="store_false", help="framed: no CRC32C, no SHA-256; for measuring only"
    )
    made.add_argument("--trace", metavar="FILE", help="framed: raw time stamps")
    if role == "cleaner":
        made.set_defaults(repeat=None)
    else:
        made.add_argument(
            "--repeat", metavar="N", help="classic: the flow N times in this process, for measuring (default: 1)"
        )
    return made


def parse(peer, role, words, served=False):
    """Checks one command line. Returns the options, with numbers as numbers and defaults filled in.

    Raises UsageError (the message names the option) or Unsupported (the message is the reason).
    """
    for word in words:
        if "\0" in word:
            raise UsageError("a NUL in an option")
        if not _is_utf8(word):
            raise UsageError("an option that is not UTF-8")
    options = parser(peer, role, served).parse_args(words)
    _check_supported(peer, options)
    _check_numbers(options)
    if options.layout == "framed":
        _check_framed(role, options)
    else:
        _check_not_framed(options)
    if peer.family == "posix":
        options.name = posix_name(options.name) if options.name is not None else DEFAULTS[options.layout]["name"]
        options.key = None
    else:
        options.name = None
        _check_key(options)
    if role == "writer":
        _check_text(options)
    options.deadline_ns = now_ns() + options.deadline_ms * 1000000
    return options


def result_path(words):
    """The value of --result in a command line, however wrong the rest of it is; None if there is none."""
    path = None
    for index, word in enumerate(words):
        if word.startswith("--result="):
            path = word[len("--result=") :]
        elif word == "--result" and index + 1 < len(words):
            path = words[index + 1]
    return path


def posix_name(text, option="--name"):
    """The one spelling of a POSIX name, with its slash. glibc would take `a`, `//a` and `/a` for one object."""
    bare = text[1:] if text.startswith("/") else text
    if bare in ("", ".", "..") or "/" in bare or "\0" in bare:
        raise UsageError("%s %s: wants /NAME, with no further slash, no NUL, not . or .." % (option, text))
    if len(bare.encode("utf-8")) > NAME_BYTES_MAX:
        raise UsageError("%s: more than %d bytes after the slash" % (option, NAME_BYTES_MAX))
    return "/" + bare


def number(option, text, low, high, pattern=DIGITS, base=10):
    """A number from low to high: digits only, no sign, no blanks."""
    if not re.fullmatch(pattern, text) or not low <= int(text, base) <= high:
        raise UsageError("%s %s: wants a number from %d to %d" % (option, text, low, high))
    return int(text, base)


def key_number(option, text):
    """A System V key: decimal or 0x.., 1 to 0xffffffff."""
    if text[:2] in ("0x", "0X"):
        return number(option, text, 1, 0xFFFFFFFF, "0[xX][0-9a-fA-F]{1,20}", 16)
    return number(option, text, 1, 0xFFFFFFFF)


def size(option, text, low, high):
    """A number of bytes, with the suffix K, M or G (KiB, MiB, GiB) or none."""
    match = re.fullmatch("(%s)([KMG]?)" % DIGITS, text)
    if not match or not low <= int(match.group(1)) * UNITS[match.group(2)] <= high:
        raise UsageError("%s %s: wants a size from %d to %d, with K, M, G or nothing" % (option, text, low, high))
    return int(match.group(1)) * UNITS[match.group(2)]


def _is_utf8(word):
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate is how Python keeps a byte that is none
        return False
    return True


def _check_supported(peer, options):
    if options.layout not in peer.layouts:
        raise Unsupported("layout %s: %s has %s" % (options.layout, peer.id, ", ".join(peer.layouts)))
    if options.codec not in codecs.CODECS:
        raise Unsupported("codec %s: %s has %s" % (options.codec, peer.id, ", ".join(codecs.CODECS)))
    if options.shape is not None and options.shape not in SHAPES:
        raise Unsupported("shape %s: %s has %s" % (options.shape, peer.id, ", ".join(SHAPES)))
    if options.channel is not None and options.channel.split(":")[0] not in peer.channels:
        raise Unsupported("channel %s: %s has %s" % (options.channel, peer.id, ", ".join(peer.channels) or "none"))


def _check_numbers(options):
    defaults = DEFAULTS[options.layout]
    if options.segment_size is None:
        options.segment_size = defaults["segment_size"]
    else:
        options.segment_size = size("--segment-size", options.segment_size, 1, SIZE_MAX)
    if options.mode is None:
        options.mode = defaults["mode"]
    else:
        options.mode = number("--mode", options.mode, 0, 0o777, "[0-7]{1,4}", 8)
    options.deadline_ms = number("--deadline-ms", options.deadline_ms, 1, DEADLINE_MS_MAX)
    options.count = number("--count", options.count, 1, COUNT_MAX)
    options.warmup = number("--warmup", options.warmup, 0, COUNT_MAX)
    options.window = number("--window", options.window, 1, SLOTS_MAX)
    options.rate = number("--rate", options.rate, 0, RATE_MAX)
    if options.message_size is not None:
        options.message_size = size("--message-size", options.message_size, 0, SIZE_MAX)
    _check_repeat(options)


def _check_repeat(options):
    if options.repeat is None:
        options.repeat = 1
        return
    if options.layout != "classic":
        raise UsageError("--repeat: for --layout classic only")
    options.repeat = number("--repeat", options.repeat, 1, REPEAT_MAX)
    options.exclusive = options.exclusive or options.repeat > 1


def _check_framed(role, options):
    options.exclusive = True
    if role == "cleaner":
        return
    if options.shape is not None and options.message_size is not None:
        raise UsageError("--message-size: not with --shape, which says it")
    for option, there in (("--codec", options.codec != "raw"), ("--values", options.values is not None)):
        if there and options.shape is None:
            raise UsageError("%s: it needs --shape" % option)
    if options.shape is not None:
        codecs.make(options.codec, SHAPES[options.shape])  # whether its library is there
    if options.channel is None:
        raise UsageError("--channel: wanted by --layout framed")
    name, colon, address = options.channel.partition(":")
    kind = ADDRESSES[name]
    if kind == "words":
        _check_rtering(options.channel, address)
    elif kind is None:
        if colon:
            raise UsageError("--channel %s: %s has no address" % (options.channel, name))
    elif not address:
        raise UsageError("--channel %s: wants %s:%s" % (options.channel, name, "KEY" if kind == "key" else "PATH"))
    elif kind == "socket" and len(os.fsencode(address)) > SOCKET_PATH_BYTES_MAX:
        raise UsageError("--channel: a socket's path has %d bytes at most" % SOCKET_PATH_BYTES_MAX)
    elif kind == "key":
        key_number("--channel", address)
    elif kind == "name":
        bare = posix_name(address, "--channel")
        if len(os.fsencode(bare)) > CHANNEL_NAME_BYTES_MAX:
            raise UsageError("--channel: a name has %d bytes at most" % CHANNEL_NAME_BYTES_MAX)
        options.channel = "%s:%s" % (name, bare)


def _check_rtering(spec, address):
    from .channel import rtering

    try:
        rtering.words(address)
    except ValueError as wrong:
        raise UsageError("--channel %s: %s" % (spec, wrong)) from None
    missing = rtering.missing()
    if missing is not None:
        raise Unsupported("channel %s: %s" % (spec, missing), lacks="DPDK")


def _check_not_framed(options):
    given = {
        "--channel": options.channel is not None,
        "--count": options.count != 1,
        "--warmup": options.warmup != 0,
        "--message-size": options.message_size is not None,
        "--window": options.window != 1,
        "--rate": options.rate != 0,
        "--no-verify": not options.verify,
        "--trace": options.trace is not None,
        "--shape": options.shape is not None,
        "--codec": options.codec != "raw",
        "--values": options.values is not None,
    }
    for option, there in given.items():
        if there:
            raise UsageError("%s: for --layout framed only" % option)


def _check_key(options):
    if options.key is not None:
        if options.key_file is not None:
            raise UsageError("--key: not together with --key-file")
        options.key = key_number("--key", options.key)
    elif options.key_file is None:
        here = Path("shmkey.txt")
        peers = Path(__file__).resolve().parents[2]
        options.key_file = str(here if here.exists() else peers / "c" / "sysv" / "shmkey.txt")


def _check_text(options):
    text_size = options.message_text_size
    if text_size is not None:
        if options.payload is not None:
            raise UsageError("MSG_SIZE: not together with --payload")
        if options.layout != "classic":
            raise UsageError("MSG_SIZE: for --layout classic only")
        if not re.fullmatch(DIGITS + "B", text_size) or not 1 <= int(text_size[:-1]) <= SIZE_MAX:
            raise UsageError("MSG_SIZE %s: wants <n>B, such as 1000B" % text_size)
        options.message_text_size = int(text_size[:-1])
    elif options.payload is None and options.layout == "classic":
        raise UsageError("MSG_SIZE: missing, such as 1000B (or give --payload)")
    elif options.payload is None and options.layout == "framed":
        raise UsageError("--payload: wanted by --layout framed")
