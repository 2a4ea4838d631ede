# SPDX-License-Identifier: Apache-2.0
"""The option language: what is refused, what is filled in."""

import pytest

from shmbed_peer.errors import Unsupported, UsageError
from shmbed_peer.options import parse, posix_name, result_path, size
from shmbed_peer.peers import PEERS

POSIX = PEERS["python-posix"]
SYSV = PEERS["python-sysv"]


def test_a_writer_with_nothing_but_a_size_has_the_original_programs_defaults():
    options = parse(POSIX, "writer", ["1000B"])
    assert (options.name, options.segment_size, options.mode) == ("/shm_posix", 8388608, 0o600)
    assert options.message_text_size == 1000
    assert options.reserve and not options.exclusive


def test_the_os_layout_has_its_own_defaults():
    options = parse(POSIX, "writer", ["--layout", "os"])
    assert (options.name, options.segment_size, options.mode) == ("/OS", 4096, 0o666)


def test_a_value_may_stand_after_an_equals_sign():
    assert parse(POSIX, "reader", ["--name=/x", "--segment-size=4K"]).segment_size == 4096


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["1000"],
        ["0B"],
        ["-5B"],
        ["1000B", "1000B"],
        ["1000B", "--payload", "/etc/hostname"],
        ["1000B", "--unknown"],
        ["1000B", "--nam", "/x"],
        ["1000B", "--name"],
        ["1000B", "--name", ""],
        ["1000B", "--name", "/"],
        ["1000B", "--name", "/."],
        ["1000B", "--name", ".."],
        ["1000B", "--name", "/a/b"],
        ["1000B", "--name", "//a"],
        ["1000B", "--name", "/a\0b"],
        ["1000B", "--name", "/\udcff"],
        ["1000B", "--name", "/" + 256 * "n"],
        ["1000B", "--key", "5"],
        ["9" * 5000 + "B"],
        ["1000B", "--segment-size", "9" * 5000],
        ["1000B", "--segment-size", "0"],
        ["1000B", "--segment-size", "+5"],
        ["1000B", "--segment-size", "5KB"],
        ["1000B", "--segment-size", "65G", "--segment-size", "65537G"],
        ["1000B", "--mode", "1000"],
        ["1000B", "--mode", "8"],
        ["1000B", "--deadline-ms", "0"],
        ["1000B", "--deadline-ms", "86400001"],
        ["1000B", "--count", "2"],
        ["1000B", "--window", "2"],
        ["1000B", "--window", "9"],
        ["1000B", "--trace", "x"],
        ["1000B", "--rate", "5"],
        ["1000B", "--no-verify"],
        ["--layout", "os", "1000B"],
    ],
)
def test_a_wrong_command_line_is_a_usage_error(words):
    with pytest.raises(UsageError):
        parse(POSIX, "writer", words)


@pytest.mark.parametrize("words", [["--layout", "x"], ["--codec", "x"], ["--channel", "x:y"], ["--layout", "probe-1"]])
def test_what_a_peer_does_not_have_is_unsupported_before_it_is_anything_else(words):
    with pytest.raises(Unsupported, match=words[1]):
        parse(POSIX, "writer", words)


def test_system_v_has_no_os_layout():
    with pytest.raises(Unsupported):
        parse(SYSV, "reader", ["--layout", "os"])


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("0xffffffff", 0xFFFFFFFF), ("0X1f", 0x1F), ("10", 10)])
def test_a_key_is_decimal_or_hexadecimal(text, value):
    assert parse(SYSV, "reader", ["--key", text]).key == value


@pytest.mark.parametrize("words", [["0"], ["0x100000000"], ["-1"], ["1f"], ["0x"], ["5", "--key-file", "x"]])
def test_a_wrong_key_is_a_usage_error(words):
    with pytest.raises(UsageError):
        parse(SYSV, "reader", ["--key", *words])


def test_the_key_file_is_the_one_here_else_the_one_of_the_c_peers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert parse(SYSV, "reader", []).key_file.endswith("/peers/c/sysv/shmkey.txt")
    (tmp_path / "shmkey.txt").write_text("here")
    assert parse(SYSV, "reader", []).key_file == "shmkey.txt"


def test_a_name_has_one_spelling_and_255_bytes_at_most():
    assert posix_name("a") == posix_name("/a") == "/a"
    assert posix_name(255 * "n") == "/" + 255 * "n"
    assert posix_name("/\u00e9") == "/\u00e9"
    with pytest.raises(UsageError):
        posix_name(128 * "\u00e9")  # 256 bytes


def test_sizes_take_binary_suffixes():
    assert [size("--x", text, 0, 1 << 46) for text in ("0", "7", "4K", "8M", "3G", "65536G")] == [
        0,
        7,
        4096,
        8388608,
        3221225472,
        1 << 46,
    ]


def test_the_result_path_is_found_in_a_wrong_command_line():
    assert result_path(["--bad", "--result", "a", "--count"]) == "a"
    assert result_path(["--result=b"]) == "b"
    assert result_path(["--result"]) is None


@pytest.mark.parametrize(
    "words",
    [
        ["--payload", "x"],
        ["--channel", "unix:/p"],
        ["5B", "--channel", "unix:/p"],
        ["--payload", "x", "--channel", "unix"],
        ["--payload", "x", "--channel", "unix:"],
        ["--payload", "x", "--channel", "unix:/" + 107 * "p"],
        ["--payload", "x", "--channel", "futex:"],
        ["--payload", "x", "--channel", "spin:x"],
        ["--payload", "x", "--channel", "rtering:mp,"],
        ["--payload", "x", "--channel", "rtering:count=24"],
        ["--payload", "x", "--channel", "rtering:start=4294967296"],
        ["--payload", "x", "--channel", "sysv-msg:x"],
        ["--payload", "x", "--channel", "sysv-msg:0"],
        ["--payload", "x", "--channel", "posix-mq:/a/b"],
        ["--payload", "x", "--channel", "posix-sem:/" + 248 * "n"],
        ["--payload", "x", "--channel", "spin", "--message-size", "-1"],
        ["--payload", "x", "--channel", "spin", "--window", "9"],
        ["--payload", "x", "--channel", "spin", "--count", "0"],
        ["--payload", "x", "--channel", "spin", "--rate", "10000001"],
        ["--payload", "x", "--channel", "spin", "--rate", "-1"],
        ["--payload", "x", "--channel", "unix-whole"],
    ],
)
def test_a_wrong_framed_command_line_is_a_usage_error(words):
    with pytest.raises(UsageError):
        parse(POSIX, "writer", ["--layout", "framed", *words])


def test_a_rate_is_the_writers_affair():
    words = ["--layout", "framed", "--channel", "spin", "--rate", "10000000"]
    assert parse(POSIX, "writer", [*words, "--payload", "x"]).rate == 10**7
    with pytest.raises(UsageError, match="--rate"):
        parse(POSIX, "reader", words)


def test_the_framed_layout_takes_just_the_room_it_needs_and_is_exclusive():
    options = parse(POSIX, "writer", ["--layout", "framed", "--payload", "x", "--channel", "posix-mq:q"])
    assert (options.name, options.segment_size, options.mode) == ("/shmbed", None, 0o600)
    assert options.exclusive
    assert options.channel == "posix-mq:/q"
