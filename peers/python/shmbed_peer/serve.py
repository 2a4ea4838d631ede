# SPDX-License-Identifier: Apache-2.0
"""The contract's section 6: command lines in, result objects out, one line each."""

from .errors import UsageError
from .payload import print_bytes

LINE_BYTES_MAX = 64 * 1024
BLANKS = " \t\r"


def serve(commands, answers, answer, refuse):
    """Answers every line of the binary stream `commands` on the binary stream `answers`, until `quit` or the end.

    answer -- words -> the line that answers them
    refuse -- the message of a UsageError -> the line that answers it

    Raises PeerError when nobody takes the answers.
    """
    while True:
        line = _read_line(commands)
        if line is None or line == b"quit":
            return
        try:
            reply = answer(split_words(line))
        except UsageError as error:
            reply = refuse(str(error))
        print_bytes(reply.encode("ascii") + b"\n", answers)


def split_words(line):
    """The words of one line (bytes): separated by blanks, single quotes keep blanks. Raises UsageError."""
    if len(line) > LINE_BYTES_MAX:
        raise UsageError("the line is longer than 64 KiB")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("the line is not UTF-8") from None
    for bad in '"\\\0':
        if bad in text:
            raise UsageError('the characters " \\ and NUL are not for command lines here')
    words = []
    word = None  # the word begun, if any
    quoted = False
    for character in text:
        if character == "'":
            quoted = not quoted
            word = word or ""
        elif character in BLANKS and not quoted:
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + character
    if quoted:
        raise UsageError("a single quote is not closed")
    if word is not None:
        words.append(word)
    return words


def _read_line(commands):
    """One line without its newline; None at the end. Of one that is too long only the beginning is kept."""
    line = commands.readline(LINE_BYTES_MAX + 2)
    if not line:
        return None
    rest = line
    while rest and not rest.endswith(b"\n"):
        rest = commands.readline(LINE_BYTES_MAX)
    return line[:-1] if line.endswith(b"\n") else line
