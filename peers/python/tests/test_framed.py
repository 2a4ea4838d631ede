# SPDX-License-Identifier: Apache-2.0
"""Framed exchanges over every channel, between processes that stay."""

import array
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import posix_ipc
import pytest
from conftest import CHANNELS, DEADLINE_S, ROOT, Served, program, until

from shmbed_peer import framed
from shmbed_peer.channel import ADDRESSES
from shmbed_peer.descriptor import FLAG_CRC32C, Descriptor

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
def spec(channel, name, key, folder):
    """The channel's name with an address of the test's own."""
    os.chmod(folder, 0o700)
    kind = ADDRESSES[channel]
    address = {"socket": folder / "c", "path": folder / "c", "name": name, "key": hex(key), "words": None, None: None}[kind]
    return channel if address is None else "%s:%s" % (channel, address)


@pytest.fixture
def exchange(served, spec, name, key, tmp_path):
    """Exchanges a payload; returns (writer's result, reader's result, the bytes the reader saw)."""

    def run(writer, reader, payload, *words, writer_words=(), reader_words=()):
        (tmp_path / "payload").write_bytes(payload)
        where = ["--key", hex(key)] if writer == "sysv" else ["--name", name]
        line = ["--layout", "framed", "--channel", spec, *where, *words]
        ends = served[writer, "writer"], served[reader, "reader"]
        files = [end.open_files() for end in ends]
        ends[1].send(" ".join([*line, "--out", str(tmp_path / "out"), *reader_words]))
        ends[0].send(" ".join([*line, "--payload", str(tmp_path / "payload"), *writer_words]))
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


channels = pytest.mark.parametrize("channel", CHANNELS)
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
    own = {"notify", "round-trip", "detach", "remove", "create"} | ({"attach"} if writer != "stdlib" else set())
    assert own <= set(wrote["stages"])  # SharedMemory attaches in create
    assert ("write" in wrote["stages"]) == (channel != "unix-whole")
    assert {"reader-attach", "transmit", "wait", "read", "verify", "detach"} <= set(read["stages"])
    assert "histograms" not in wrote
    assert wrote["case"]["channel"] == read["case"]["channel"]
    lanes = channel in ("posix-sem", "futex", "eventfd", "spin")
    before = 8832 if lanes else 128 + 7936 if channel == "rtering" else 128  # the rings are smaller than the lanes
    assert wrote["case"]["segmentSize"] == read["case"]["segmentSize"] == before + 100096


@channels
@pairings
@pytest.mark.parametrize("window", [1, 8])
def test_a_stream(exchange, channel, writer, reader, window):
    payload = os.urandom(100 * 333)
    words = "--message-size 333 --count 900 --warmup 100 --window %d" % window
    results = exchange(writer, reader, payload, words)
    check(results, payload, 10)
    assert set(results[0]["histograms"]) == {"notify", "round-trip"} | ({"write"} if channel != "unix-whole" else set())
    assert "rate" not in results[0]
    assert set(results[1]["histograms"]) == {"transmit", "wait", "read", "verify"}
    for result in results[:2]:
        assert result["negative"] == 0
        assert result["clockPairNs"] > 0
        assert result["first"].keys() == result["histograms"].keys()
        assert result["usage"]["userNs"] + result["usage"]["systemNs"] > 0


@pytest.mark.parametrize("channel", ["unix", "unix-whole", "futex"])
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


@pytest.mark.parametrize("channel", ["unix-whole"])
@pairings
def test_a_message_larger_than_the_sockets_buffer_goes_whole(exchange, writer, reader, channel):
    payload = os.urandom(3000000)
    check(exchange(writer, reader, payload, "--count 3 --window 2"), payload, 3)


@channels
@pytest.mark.parametrize("window", [1, 4])
def test_with_a_rate_every_message_has_its_time_and_none_is_sent_before_it(exchange, tmp_path, channel, window):
    payload = os.urandom(50)
    words = ["--message-size 50 --warmup 20 --count 100 --window %d" % window]
    paced = ["--rate 3000 --trace", str(tmp_path / "wt")]
    pairing = ("sysv", "sysv") if channel == "futex" else ("posix", "stdlib")
    results = exchange(*pairing, payload, *words, writer_words=paced, reader_words=["--trace", str(tmp_path / "rt")])
    check(results, payload, 120)
    wrote, read, _ = results
    written, received = ([*zip(*[iter(array.array("q", (tmp_path / file).read_bytes()))] * 3)] for file in ("wt", "rt"))
    begun = written[0][2]
    assert [sent - begun for _, _, sent in written] == [i * 10**9 // 3000 for i in range(100)]
    assert all(write_begun >= sent for write_begun, _, sent in written)
    assert all(came > sent for (came, _, _), (_, _, sent) in zip(received, written))
    assert wrote["rate"].keys() == {"wanted", "achieved", "late"}
    assert wrote["rate"]["wanted"] == 3000
    assert 0 <= wrote["rate"]["late"] <= 100
    assert wrote["rate"]["achieved"] > 0
    assert (wrote["negative"], read["negative"]) == (0, 0)
    transmits = sorted(came - sent for (came, _, _), (_, _, sent) in zip(received, written))
    assert read["stages"]["transmit"] == transmits[49]  # from the intended time


@pytest.mark.parametrize("channel", ["unix"])
def test_an_acknowledgement_that_arrives_early_is_received_early(exchange, channel):
    """Three messages, 0.1 s apart: with a window of 8 none has to be received before the last one is sent."""
    wrote, _, _ = exchange("posix", "posix", b"x", "--count 3 --window 8", writer_words=["--rate 10"])
    assert wrote["stages"]["round-trip"] < 10**8


@pytest.mark.parametrize("channel", ["spin"])
def test_one_message_has_no_rate_that_was_achieved(exchange, channel):
    wrote, _, _ = exchange("posix", "posix", b"x", "--warmup 3", writer_words=["--rate 1"])
    assert wrote["rate"] == {"wanted": 1, "late": 0}


@pytest.mark.parametrize("channel", ["futex"])
def test_a_message_that_is_due_after_the_deadline_is_etimedout(served, spec, name, tmp_path, channel):
    (tmp_path / "payload").write_bytes(b"x")
    line = "--layout framed --channel %s --name %s --count 2 --deadline-ms 300" % (spec, name)
    served["posix", "reader"].send(line)
    error = served["posix", "writer"].ask("%s --rate 1 --payload %s" % (line, tmp_path / "payload"))["error"]
    assert (error["errno"], error["stage"]) == ("ETIMEDOUT", "wait")
    assert served["posix", "reader"].answer()["exit"] == 1


@pytest.mark.parametrize("channel", ["unix", "unix-whole", "futex"])
@pytest.mark.parametrize(("write_words", "read_words"), [(["--no-verify"], []), ([], ["--no-verify"]), (["--no-verify"],) * 2])
def test_without_verifying_the_bytes_are_exchanged_and_nothing_is_said_about_them(exchange, channel, write_words, read_words):
    payload = os.urandom(700)
    words = "--message-size 70 --count 30 --window 3"
    wrote, read, seen = exchange("posix", "posix", payload, words, writer_words=write_words, reader_words=read_words)
    assert seen == payload * 3
    for result, unverified in ((wrote, write_words), (read, read_words)):
        assert result["exit"] == 0
        assert result["payload"]["length"] == 2100
        assert ("sha256" in result["payload"]) == (not unverified)
    assert ("crcMismatches" in read) == (not read_words)
    assert ("verify" in read["stages"]) == ("verify" in read["histograms"]) == (not read_words)


def test_without_verifying_no_checksum_is_ever_computed(name, tmp_path):
    """Both programs run where CRC-32C and SHA-256 raise."""
    (tmp_path / "payload").write_bytes(b"x" * 100)
    break_them = """
import sys, hashlib, crc32c
def broken(*_): raise SystemError("a checksum")
hashlib.sha256 = crc32c.crc32c = broken
sys.path.insert(0, sys.argv[1])
from shmbed_peer.main import main
sys.exit(main("python-posix", sys.argv[2], sys.argv[3:]))
"""
    words = ["--layout", "framed", "--name", name, "--channel", "futex", "--count", "4"]
    line = [sys.executable, "-c", break_them, str(ROOT)]
    for option, done in ((["--no-verify"], [0, 0]), ([], [1, 1])):
        reader = subprocess.Popen([*line, "reader", *words, *option, "--deadline-ms", "1000"], stderr=subprocess.PIPE)
        writer = subprocess.run(
            [*line, "writer", *words, *option, "--payload", str(tmp_path / "payload")],
            stderr=subprocess.PIPE,
            timeout=DEADLINE_S,
            check=False,
        )
        _, errors = reader.communicate(timeout=DEADLINE_S)
        assert [writer.returncode, reader.returncode] == done, (writer.stderr, errors)


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


def test_verify_is_the_crc_alone(monkeypatch):
    """A clock that only the CRC, the digest and the output move, each by another step."""
    clock = [0]

    def takes(ns):
        def spend(*_):
            clock[0] += ns
            return 4711

        return spend

    monkeypatch.setattr(framed, "now_ns", lambda: clock[0])
    monkeypatch.setattr(framed.crc32c, "crc32c", takes(5))
    monkeypatch.setattr(framed, "write_all", takes(300))
    options = SimpleNamespace(verify=True, out="out", warmup=0, count=1)
    inbox = framed.Inbox(SimpleNamespace(slot_size=128), object(), options)
    inbox.sha256 = SimpleNamespace(update=takes(70))
    inbox.keep(0, memoryview(bytes(100)), Descriptor(1, 0, 100, 1, 1, 4711, FLAG_CRC32C))
    assert (list(inbox.verified), inbox.mismatches, clock) == ([5], [], [375])


def test_only_what_is_used_is_reserved(name, tmp_path):
    (tmp_path / "payload").write_bytes(b"x" * 100)
    words = "--layout framed --channel futex --name %s --window 2 --payload %s" % (name, tmp_path / "payload")
    with Served("posix", "writer") as writer:
        writer.send(words + " --segment-size 64M --deadline-ms 1000")
        path = "/dev/shm" + name
        until(lambda: os.path.exists(path) and os.stat(path).st_blocks > 0)
        until(lambda: Path(path).read_bytes()[64:65] == b"\1")  # ready
        status = os.stat(path)
        assert (status.st_size, status.st_blocks * 512) == (64 << 20, 12288)  # 8832 and two slots of 128, in pages
        assert writer.answer()["error"]["errno"] == "ETIMEDOUT"


def test_a_person_reads_how_long_values_were(name, tmp_path):
    (tmp_path / "payload").write_bytes(bytes(64))
    words = ["--layout", "framed", "--name", name, "--channel", "futex", "--shape", "record", "--count", "3"]
    reader = subprocess.Popen([*program("posix", "reader"), *words], stdout=subprocess.PIPE)
    writer = subprocess.run(
        [*program("posix", "writer"), *words, "--payload", str(tmp_path / "payload")], capture_output=True, check=False
    )
    read, _ = reader.communicate(timeout=DEADLINE_S)
    assert (writer.returncode, reader.returncode) == (0, 0), writer.stderr
    assert b"Reading from shmem: name=%s, msg length=192\n" % name.encode() in read
