# SPDX-License-Identifier: Apache-2.0
"""Framed exchanges over every channel, between processes that stay."""

import array
import hashlib
import os
import re
import subprocess

import posix_ipc
import pytest
from conftest import DEADLINE_S, Served, program

from shmbed_peer.channel import ADDRESSES

APIS = ("posix", "stdlib", "sysv")


@pytest.fixture(scope="module")
def served():
    """(api, role) -> the process that stays."""
    processes = {(api, role): Served(api, role) for api in APIS for role in ("writer", "reader")}
    for process in processes.values():
        assert process.ask("--unknown")["exit"] == 64  # it runs
    yield processes
    for process in processes.values():
        with process:
            assert process.quit() == (0, b"")


@pytest.fixture
def spec(channel, name, key, tmp_path):
    """The channel's name with an address of the test's own."""
    os.chmod(tmp_path, 0o700)
    kind = ADDRESSES[channel]
    address = {"socket": tmp_path / "c", "path": tmp_path / "c", "name": name, "key": hex(key), None: None}[kind]
    return channel if address is None else "%s:%s" % (channel, address)


@pytest.fixture
def exchange(served, spec, name, key, tmp_path):
    """Exchanges a payload; returns (writer's result, reader's result, the bytes the reader saw)."""

    def run(writer, reader, payload, *words, reader_words=()):
        (tmp_path / "payload").write_bytes(payload)
        where = ["--key", hex(key)] if writer == "sysv" else ["--name", name]
        line = ["--layout", "framed", "--channel", spec, *where, *words]
        ends = served[writer, "writer"], served[reader, "reader"]
        files = [end.open_files() for end in ends]
        ends[1].send(" ".join([*line, "--out", str(tmp_path / "out"), *reader_words]))
        ends[0].send(" ".join([*line, "--payload", str(tmp_path / "payload")]))
        results = [end.answer() for end in ends]
        assert [end.open_files() for end in ends] == files
        left = [posix_ipc.MessageQueue, posix_ipc.Semaphore] if ADDRESSES[spec.split(":")[0]] == "name" else []
        for kind in left:
            for direction in (".r", ".w"):
                with pytest.raises(posix_ipc.ExistentialError):
                    kind(name + direction)
        assert sorted(os.listdir(tmp_path)) == sorted({"payload", "out", "wt", "rt"} & set(os.listdir(tmp_path)))
        return (*results, (tmp_path / "out").read_bytes())

    return run


channels = pytest.mark.parametrize("channel", list(ADDRESSES))
PAIRINGS = [("posix", "posix"), ("posix", "stdlib"), ("stdlib", "posix"), ("stdlib", "stdlib"), ("sysv", "sysv")]
pairings = pytest.mark.parametrize(("writer", "reader"), PAIRINGS)


def check(results, payload, times=1):
    """Both done, every byte there, and no check failed."""
    wrote, read, seen = results
    assert (wrote["exit"], read["exit"]) == (0, 0), (wrote.get("error"), read.get("error"))
    assert seen == payload * times
    digest = {"length": len(payload) * times, "sha256": hashlib.sha256(payload * times).hexdigest()}
    assert wrote["payload"] == read["payload"] == digest
    assert read["crcMismatches"] == 0
    assert "firstCrcMismatch" not in read


@channels
@pairings
def test_one_message(exchange, channel, writer, reader):
    payload = os.urandom(100001)
    wrote, read, seen = exchange(writer, reader, payload)
    check((wrote, read, seen), payload)
    own = {"write", "notify", "detach", "remove", "create"} | ({"attach"} if writer != "stdlib" else set())
    assert own <= set(wrote["stages"])  # SharedMemory attaches in create
    assert {"reader-attach", "transmit", "wait", "read", "verify", "detach"} <= set(read["stages"])
    assert "histograms" not in wrote
    assert wrote["case"]["channel"] == read["case"]["channel"]
    lanes = channel in ("posix-sem", "futex", "eventfd", "spin")
    assert wrote["case"]["segmentSize"] == read["case"]["segmentSize"] == (8832 if lanes else 128) + 100096


@channels
@pairings
@pytest.mark.parametrize("window", [1, 8])
def test_a_stream(exchange, channel, writer, reader, window):
    payload = os.urandom(100 * 333)
    words = "--message-size 333 --count 900 --warmup 100 --window %d" % window
    results = exchange(writer, reader, payload, words)
    check(results, payload, 10)
    assert set(results[0]["histograms"]) == {"write", "notify"}
    assert set(results[1]["histograms"]) == {"transmit", "wait", "read", "verify"}
    for result in results[:2]:
        assert result["negative"] == 0
        assert result["clockPairNs"] > 0
        assert result["first"].keys() == result["histograms"].keys()
        assert result["usage"]["userNs"] + result["usage"]["systemNs"] > 0


@pytest.mark.parametrize("channel", ["unix", "futex"])
@pairings
def test_empty_messages(exchange, writer, reader, channel):
    check(exchange(writer, reader, b"", "--message-size 0 --count 5"), b"")


@pytest.mark.parametrize("channel", ["unix"])
@pairings
def test_a_given_segment_size_and_mode_are_taken(exchange, writer, reader, channel):
    results = exchange(writer, reader, b"x" * 77, "--segment-size 1M --mode 0640 --no-reserve")
    check(results, b"x" * 77)
    assert results[1]["case"]["segmentSize"] == 1 << 20


@pytest.mark.parametrize("channel", ["eventfd"])
def test_the_trace_has_three_stamps_for_each_measured_message(exchange, tmp_path, channel):
    payload = os.urandom(500)
    words = "--message-size 50 --count 20 --warmup 3 --trace %s" % (tmp_path / "wt")
    wrote, read, _ = exchange("posix", "stdlib", payload, words, reader_words=["--trace", str(tmp_path / "rt")])
    stamps = []
    for file in ("wt", "rt"):
        stamps.append(array.array("q", (tmp_path / file).read_bytes()))
        assert len(stamps[-1]) == 3 * 20
    for i in range(0, 60, 3):
        write_begun, write_ended, sent = stamps[0][i : i + 3]
        received, read_begun, read_ended = stamps[1][i : i + 3]
        assert write_begun <= write_ended <= sent <= received <= read_begun <= read_ended
    writes = sorted(stamps[0][i + 1] - stamps[0][i] for i in range(0, 60, 3))
    assert wrote["stages"]["write"] == writes[9]
    assert read["stages"]["transmit"] > 0


def test_a_person_sees_the_medians_and_nothing_on_stderr(name, tmp_path):
    (tmp_path / "payload").write_bytes(b"x" * 100)
    words = ["--layout", "framed", "--name", name, "--channel", "futex", "--message-size", "50", "--count", "4"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    reader = subprocess.Popen([*program("posix", "reader"), *words], **pipes)
    writer = subprocess.Popen([*program("posix", "writer"), *words, "--payload", str(tmp_path / "payload")], **pipes)
    wrote, read = (each.communicate(timeout=DEADLINE_S) for each in (writer, reader))
    assert (writer.returncode, wrote[1], reader.returncode, read[1]) == (0, b"", 0, b"")
    assert re.search(rb"^\[QLOG\] write shared memory latency: \d+$", wrote[0], re.M)
    assert re.search(rb"^\[QLOG\] read shared memory latency: \d+$", read[0], re.M)
    digest = b"msg sha256=" + hashlib.sha256(b"x" * 200).hexdigest().encode()
    assert wrote[0].splitlines()[-1] == read[0].splitlines()[-1] == digest
