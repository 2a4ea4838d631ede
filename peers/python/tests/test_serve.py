# SPDX-License-Identifier: Apache-2.0
"""--serve: how a line is split, and that a bad line changes nothing for the next one."""

import io
import json
import signal

import pytest
from conftest import DEADLINE_S, Served

from shmbed_peer.errors import UsageError
from shmbed_peer.serve import LINE_BYTES_MAX, serve, split_words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", []),
        (b"  \t ", []),
        (b"a  b\tc\r", ["a", "b", "c"]),
        (b"--name '/a b' c", ["--name", "/a b", "c"]),
        (b"--name='/a b'", ["--name=/a b"]),
        (b"''", [""]),
        (b"a '' b", ["a", "", "b"]),
        ("--name /\u00e9".encode(), ["--name", "/\u00e9"]),
    ],
)
def test_words_are_separated_by_blanks_and_kept_by_single_quotes(line, words):
    assert split_words(line) == words


@pytest.mark.parametrize("line", [b"'a", b'"a"', b"a\\b", b"a\0b", b"\xff", b"a" * (LINE_BYTES_MAX + 1)])
def test_a_line_that_is_none_is_refused(line):
    with pytest.raises(UsageError):
        split_words(line)


def test_every_line_has_one_answer_and_a_long_one_is_skipped_to_its_end():
    commands = io.BytesIO(b"a b\n" + b"x" * (3 * LINE_BYTES_MAX) + b"\n'\nc\nquit\nd\n")
    answers = io.BytesIO()
    serve(commands, answers, lambda words: ",".join(words), lambda message: "refused: " + message.split()[0])
    assert answers.getvalue().decode().splitlines() == ["a,b", "refused: the", "refused: a", "c"]


def test_a_served_peer_answers_good_and_bad_lines_and_keeps_nothing_open(api, where, remove):
    words = " ".join(where)
    with Served(api, "writer") as writer, Served(api, "reader") as reader:
        assert reader.ask("--unknown")["exit"] == 64  # loads what every command needs
        assert reader.ask(words)["error"]["errno"] == "ENOENT"
        before = writer.open_files(), reader.open_files()
        for length in (1000, 1, 5000):
            assert writer.ask("%dB %s" % (length, words))["exit"] == 0
            assert writer.ask("0B " + words)["exit"] == 64
            assert writer.ask("'")["exit"] == 64
            assert writer.ask("5B --exclusive " + words)["error"]["errno"] == "EEXIST"
            read = reader.ask(words)
            assert (read["exit"], read["payload"]["length"]) == (0, length - 1)
            assert remove().returncode == (0 if api == "sysv" else 1)  # POSIX: the reader did
            assert reader.ask(words)["error"]["errno"] == "ENOENT"
        assert (writer.open_files(), reader.open_files()) == before
        assert writer.children() == reader.children() == []
        assert writer.quit() == reader.quit() == (0, b"")


def test_the_options_beside_serve_stand_before_those_of_every_line(name):
    with Served("posix", "writer", "--name", name, "--segment-size", "4K") as writer:
        answer = writer.ask("5B")
        assert (answer["case"]["name"], answer["case"]["segmentSize"]) == (name, 4096)
        assert writer.ask("5B --segment-size 8K")["error"]["errno"] == "EEXIST"
    with Served("posix", "reader", "--name", name) as reader:
        assert reader.ask("")["payload"]["length"] == 4


def test_the_end_of_stdin_ends_it_with_0(api):
    with Served(api, "reader") as served:
        assert served.process.communicate(b"", timeout=DEADLINE_S) == (b"", b"")
        assert served.process.returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_without_a_traceback(number, code):
    with Served("posix", "reader") as served:
        served.ask("--unknown")
        served.process.send_signal(number)
        assert served.process.wait(DEADLINE_S) == code
        assert served.process.stderr.read() == b""


def test_nohup_is_respected():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a child inherits that
    try:
        served = Served("posix", "reader")
    finally:
        signal.signal(signal.SIGHUP, before)
    with served:
        served.ask("--unknown")
        served.process.send_signal(signal.SIGHUP)
        assert served.ask("--unknown")["exit"] == 64
        assert served.quit() == (0, b"")


def test_a_result_file_without_room_is_an_error_and_the_peer_goes_on(name):
    with Served("posix", "writer", "--name", name) as served:
        error = served.ask("5B --result /dev/full")["error"]
        assert (error["call"], error["object"], error["errno"]) == ("write", "/dev/full", "ENOSPC")
        assert served.ask("5B")["exit"] == 0
    with Served("posix", "reader", "--name", name) as served:
        assert served.ask("")["exit"] == 0


def test_a_harness_that_went_away_ends_it_with_one_line():
    with Served("posix", "reader") as served:
        served.process.stdout.close()
        served.process.stdout = None
        _, errors = served.process.communicate(b"--unknown\n", timeout=DEADLINE_S)
        assert (served.process.returncode, errors.count(b"\n")) == (1, 1)


def test_a_result_file_is_written_beside_the_answer(tmp_path):
    with Served("posix", "reader") as served:
        answer = served.ask("--unknown --result %s" % (tmp_path / "r"))
    assert json.loads((tmp_path / "r").read_text()) == answer
    assert (tmp_path / "r").stat().st_mode & 0o777 == 0o600
