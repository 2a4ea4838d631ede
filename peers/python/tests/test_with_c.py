# SPDX-License-Identifier: Apache-2.0
"""Python with the C peers: the payload on the socket, a rate, no verifying; and a writer that lies to both.

Builds what it needs of peers/c: wants make, a C compiler and the libraries that peers/c/Makefile names.
"""

import array
import os
import socket
import subprocess

import pytest
from conftest import C_ROOT, DEADLINE_S, Served, until

from shmbed_peer import header as headers
from shmbed_peer.descriptor import Descriptor, pack

SIZE = 128 + 256
HEADER = headers.new(SIZE, 0, 128, 128, 2)._replace(state=headers.STATE_READY)
PIECE = b"p" * 100
FIRST = Descriptor(1, 0, 100, HEADER.generation, 1, 0, 0)
PAIRINGS = [("posix", "c-posix"), ("c-posix", "posix"), ("stdlib", "c-posix"), ("sysv", "c-sysv"), ("c-sysv", "sysv")]
pairings = pytest.mark.parametrize(("writer", "reader"), PAIRINGS)


@pytest.fixture(scope="module", autouse=True)
def c_programs():
    """The C peers are up to date."""
    programs = ["posix/shm_writer.exe", "posix/shm_reader.exe", "sysv/shm_writer.exe", "sysv/shm_reader.exe"]
    made = subprocess.run(["make", "-C", str(C_ROOT), *("./" + each for each in programs)], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr.decode()


@pytest.fixture
def spec(channel, tmp_path):
    """The channel's name with an address of the test's own."""
    os.chmod(tmp_path, 0o700)
    return channel if channel == "futex" else "%s:%s" % (channel, tmp_path / "c")


@pytest.fixture
def exchange(spec, name, key, tmp_path):
    """Exchanges a payload; returns (writer's result, reader's result, the bytes the reader saw)."""

    def run(writer, reader, payload, words, writer_words="", reader_words=""):
        (tmp_path / "payload").write_bytes(payload)
        where = "--key %d" % key if writer.endswith("sysv") else "--name " + name
        line = "--layout framed --channel %s %s %s " % (spec, where, words)
        with Served(reader, "reader") as receiver, Served(writer, "writer") as sender:
            receiver.send("%s --out %s %s" % (line, tmp_path / "out", reader_words))
            sender.send("%s --payload %s %s" % (line, tmp_path / "payload", writer_words))
            results = sender.answer(), receiver.answer()
        assert [result["exit"] for result in results] == [0, 0], [result.get("error") for result in results]
        assert not (tmp_path / "c").exists()
        return (*results, (tmp_path / "out").read_bytes())

    return run


@pytest.mark.parametrize("channel", ["unix-whole"])
@pytest.mark.parametrize("size", [0, 1, 333, 1000000])
@pairings
def test_the_payload_goes_over_the_socket(exchange, channel, writer, reader, size):
    payload = os.urandom(2 * size)
    wrote, read, seen = exchange(writer, reader, payload, "--message-size %d" % size, "--count 8 --window 3", "--count 8")
    assert seen == payload * 4
    assert wrote["payload"] == read["payload"]
    assert read["crcMismatches"] == 0
    assert set(wrote["histograms"]) == {"notify", "round-trip"}


@pytest.mark.parametrize("channel", ["unix", "unix-whole", "futex"])
@pairings
def test_every_message_has_its_time(exchange, tmp_path, channel, writer, reader):
    payload = os.urandom(120 * 64)
    rate = "--rate 2000 --window 2 --trace %s" % (tmp_path / "wt")
    words = "--message-size 64 --warmup 20 --count 100"
    wrote, read, seen = exchange(writer, reader, payload, words, rate, "--trace %s" % (tmp_path / "rt"))
    assert seen == payload
    sent = array.array("q", (tmp_path / "wt").read_bytes())[2::3]
    received = array.array("q", (tmp_path / "rt").read_bytes())[0::3]
    assert [ns - sent[0] for ns in sent] == [i * 10**9 // 2000 for i in range(100)]
    assert all(came > intended for came, intended in zip(received, sent))
    assert wrote["rate"]["wanted"] == 2000
    assert (wrote["negative"], read["negative"]) == (0, 0)


@pytest.mark.parametrize("channel", ["unix-whole", "futex"])
@pytest.mark.parametrize("who", ["writer", "reader", "both"])
@pairings
def test_one_side_may_verify_where_the_other_does_not(exchange, channel, writer, reader, who):
    payload = os.urandom(1000)
    options = ["" if who == "reader" else "--no-verify", "" if who == "writer" else "--no-verify"]
    wrote, read, seen = exchange(writer, reader, payload, "--count 3", *options)
    assert seen == payload * 3
    for result, option in ((wrote, options[0]), (read, options[1])):
        assert result["payload"]["length"] == 3000
        assert ("sha256" in result["payload"]) == (not option)
    assert ("crcMismatches" in read) == (not options[1])
    assert read.get("crcMismatches", 0) == 0


@pytest.fixture(params=["posix", "c-posix"])
def reader(request, name, tmp_path):
    """A reader that has connected to this test over unix-whole, and the connection: (Served, socket)."""
    path = "/dev/shm" + name
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    os.write(descriptor, headers.pack(HEADER).ljust(SIZE, b"\0"))
    os.close(descriptor)
    with socket.socket(socket.AF_UNIX) as listener, Served(request.param, "reader") as served:
        listener.bind(str(tmp_path / "c"))
        listener.listen(1)
        listener.settimeout(DEADLINE_S)
        served.send("--layout framed --name %s --channel unix-whole:%s --deadline-ms 300" % (name, tmp_path / "c"))
        connection, _ = listener.accept()
        with connection:
            yield served, connection
    os.unlink(path)


def packed(**change):
    """The first message's descriptor, with changes."""
    buffer = bytearray(48)
    pack(buffer, FIRST._replace(**change))
    return bytes(buffer)


def test_a_payload_may_come_in_parts(reader):
    served, connection = reader
    for byte in packed() + PIECE:
        connection.send(bytes([byte]))
    assert len(connection.recv(48, socket.MSG_WAITALL)) == 48
    assert served.answer()["payload"]["length"] == 100


@pytest.mark.parametrize("change", [{"offset": 128}, {"offset": 1}, {"length": 129}, {"length": 2**64 - 1}])
def test_a_payload_on_the_socket_has_no_offset_and_fits_a_slot(reader, change):
    served, connection = reader
    connection.sendall(packed(**change) + PIECE)
    error = served.answer()["error"]
    assert (error["call"], error["errno"], error["name"]) == ("descriptor", "EBADMSG", "DESCRIPTOR_BOUNDS")


def test_a_payload_that_does_not_come_is_etimedout_in_read(reader):
    served, connection = reader
    connection.sendall(packed() + PIECE[:-1])
    error = served.answer()["error"]
    assert (error["errno"], error["stage"]) == ("ETIMEDOUT", "read")


def test_an_end_in_the_payload_is_epipe(reader):
    served, connection = reader
    connection.sendall(packed() + PIECE[:-1])
    connection.shutdown(socket.SHUT_RDWR)
    assert served.answer()["error"]["errno"] == "EPIPE"


@pytest.mark.parametrize("writer", ["posix", "c-posix"])
def test_a_payload_that_nobody_receives_is_etimedout_in_notify(name, tmp_path, writer):
    (tmp_path / "payload").write_bytes(bytes(10000000))
    words = "--layout framed --name %s --channel unix-whole:%s --deadline-ms 400 --payload %s"
    with Served(writer, "writer") as served, socket.socket(socket.AF_UNIX) as connection:
        served.send(words % (name, tmp_path / "c", tmp_path / "payload"))
        until(lambda: connection.connect_ex(str(tmp_path / "c")) == 0)
        error = served.answer()["error"]
        assert (error["errno"], error["stage"]) == ("ETIMEDOUT", "notify")
