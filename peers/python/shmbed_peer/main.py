# SPDX-License-Identifier: Apache-2.0
"""From a command line to an exit code. Everything a command opens is closed here, whatever became of it."""

import errno
import sys

from . import interrupt, serve
from .errors import EXIT_DONE, EXIT_FAILED, EXIT_UNSUPPORTED, EXIT_USAGE, PeerError, Unsupported, UsageError, missing_module
from .latency import Ledger
from .options import parse, result_path
from .peers import PEERS
from .result import Result, complain, write_result


def main(peer_id, role, words):
    """Runs one program; returns its exit code. 128 + the number after a signal, as a shell would say."""
    peer = PEERS[peer_id]
    interrupt.install()
    try:
        if "--serve" in words:
            return _serve(peer, role, [word for word in words if word != "--serve"])
        return _run_once(peer, role, words)
    except interrupt.Interrupted as interrupted:
        return 128 + interrupted.number
    except PeerError as failure:
        complain(failure.message)
        return EXIT_FAILED


def _serve(peer, role, first_words):
    def answer(words):
        return _command(peer, role, first_words + words, served=True).line()

    def refuse(message):
        return _refused(peer, role, message).line()

    serve.serve(sys.stdin.buffer, sys.stdout.buffer, answer, refuse)
    return EXIT_DONE


def _run_once(peer, role, words):
    result = _command(peer, role, words, served=False)
    exit_code = result.fields["exit"]
    if exit_code == EXIT_USAGE:
        complain(result.fields["usage"])
    elif exit_code == EXIT_UNSUPPORTED:
        complain(result.fields["reason"])
    elif exit_code == EXIT_FAILED:
        complain(result.fields["error"]["message"])
    return exit_code


def _command(peer, role, words, served):
    """Runs one command line and writes its --result, if that is a file (or stdout, and nobody serves there)."""
    path = result_path(words)
    try:
        options = parse(peer, role, words, served)
    except UsageError as error:
        result = _refused(peer, role, str(error))
    except Unsupported as error:
        result = Result(peer, role)
        result.fields.update(exit=EXIT_UNSUPPORTED, reason=str(error))
        if error.lacks is not None:
            result.fields.update(lacks=error.lacks)
    else:
        result = _exchange(peer, role, options, _lines(role, options, served))
    if path is not None and not (served and path == "-"):
        try:
            write_result(path, result.line())
        except PeerError as error:
            result.fields["exit"] = EXIT_FAILED
            result.set_error(error)
    return result


def _refused(peer, role, message):
    result = Result(peer, role)
    result.fields.update(exit=EXIT_USAGE, usage=message)
    return result


def _lines(role, options, served):
    """The stream for a person: none for a harness, stderr where stdout is for the text alone."""
    if served or options.result == "-":
        return None
    stream = sys.stderr if options.layout == "os" and role == "reader" else sys.stdout
    stream.reconfigure(errors="backslashreplace")  # a name may hold what the locale has no letter for
    return stream


def _exchange(peer, role, options, lines):
    result = Result(peer, role)
    ledger = Ledger(lines)
    exit_code = EXIT_FAILED
    try:
        getattr(_layout(options, role), role)(peer.segments(), options, ledger, result)
        exit_code = EXIT_DONE
    except PeerError as error:
        result.set_error(error)
    except MemoryError:
        result.set_error(PeerError("malloc", "buffer", errno.ENOMEM))
    result.set_case(options)
    result.fields.update(exit=exit_code, stages=ledger.stages)
    return result


def _layout(options, role):
    """The module of the layout. Only a command that runs pays for loading what it needs."""
    if options.layout == "framed" and role != "cleaner":
        try:
            from . import framed
        except ModuleNotFoundError as missing:
            raise missing_module(missing) from missing
        return framed
    from . import classic

    return classic
