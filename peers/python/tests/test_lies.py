# SPDX-License-Identifier: Apache-2.0
"""The other side lies, goes away, or does nothing. This test plays it, by the contract alone: files, sockets, struct."""

import array
import contextlib
import mmap
import os
import resource
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

import posix_ipc
import pytest
import sysv_ipc
from conftest import CHANNELS, DEADLINE_S, Served, program, until

from shmbed_peer import header as headers
from shmbed_peer.channel import ADDRESSES, make
from shmbed_peer.channel.lane import BLOCK_SIZE
from shmbed_peer.descriptor import Descriptor, pack
from shmbed_peer.errors import PeerError
from shmbed_peer.latency import now_ns
from shmbed_peer.shape import DATA_BYTES, RECORD, TENSOR

SIZE = 128 + BLOCK_SIZE + 256
HEADER = headers.new(SIZE, 128, 128 + BLOCK_SIZE, 128, 2)._replace(state=headers.STATE_READY)
PIECE = b"p" * 100
FIRST = Descriptor(1, HEADER.payload_offset, 100, HEADER.generation, 1, 0, 0)


@pytest.fixture(scope="module")
def readers():
    """Readers that stay."""
    with Served("posix", "reader") as posix, Served("stdlib", "reader") as stdlib:
        yield {"posix": posix, "stdlib": stdlib}


@pytest.fixture
def segment(name):
    """Puts a segment of these bytes in place; returns its mapping."""
    made = []

    def put(header, size=SIZE):
        path = "/dev/shm" + name
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600)
        os.ftruncate(descriptor, size)
        made.append(mmap.mmap(descriptor, size))
        os.close(descriptor)
        made[-1][: min(size, 128)] = header[:size].ljust(min(size, 128), b"\0")
        return made[-1]

    yield put
    for each in made:
        each.close()
        os.unlink("/dev/shm" + name)


def packed(descriptor):
    """The 48 bytes."""
    buffer = bytearray(48)
    pack(buffer, descriptor)
    return buffer


@contextlib.contextmanager
def listening(path, kind=socket.SOCK_STREAM):
    """A socket that listens at a path."""
    with socket.socket(socket.AF_UNIX, kind) as listener:
        listener.bind(str(path))
        listener.listen(1)
        listener.settimeout(DEADLINE_S)
        yield listener


def framed(name, spec, *words):
    """A command line."""
    return " ".join(["--layout framed --name", name, "--channel", spec, "--deadline-ms 5000", *words])


def told(answer):
    """What an error is about."""
    error = answer["error"]
    return error["call"], error["errno"], error.get("name")


@pytest.mark.parametrize("api", ["posix", "stdlib"])
@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("HEADER_MAGIC", {"magic": b"SHMBEE"}),
        ("HEADER_VERSION", {"version": 2}),
        ("HEADER_SIZE", {"header_size": 64}),
        ("SEGMENT_SIZE", {"segment_size": SIZE + 1}),
        ("HEADER_GENERATION", {"generation": 0}),
        ("HEADER_OFFSET", {"payload_offset": SIZE + 128}),
        ("HEADER_OFFSET", {"slot_count": 0}),
        ("HEADER_OFFSET", {"slot_count": 9, "slot_size": 0}),
    ],
)
def test_a_reader_names_what_is_wrong_with_the_header(readers, segment, name, api, rule, change):
    segment(headers.pack(HEADER._replace(**change)))
    assert told(readers[api].ask(framed(name, "spin"))) == ("header", "EBADMSG", rule)


@pytest.mark.parametrize("api", ["posix", "stdlib"])
def test_a_reader_says_so_when_the_object_has_no_room_for_a_header(readers, segment, name, api):
    segment(b"", size=127)
    assert told(readers[api].ask(framed(name, "spin"))) == ("header", "EBADMSG", "SEGMENT_SIZE")


@pytest.mark.parametrize("api", ["posix", "stdlib"])
@pytest.mark.parametrize(("size", "state"), [(None, None), (0, 0), (SIZE, headers.STATE_INIT), (SIZE, headers.STATE_CLOSED)])
def test_a_segment_that_does_not_become_ready_is_etimedout_in_reader_attach(readers, segment, name, api, size, state):
    if size is not None:
        segment(headers.pack(HEADER._replace(state=state)), size or 1)
        os.truncate("/dev/shm" + name, size)
    begun = time.monotonic()
    error = readers[api].ask(framed(name, "spin", "--deadline-ms 100"))["error"]
    assert (error["errno"], error["stage"]) == ("ETIMEDOUT", "reader-attach")
    assert 0.1 <= time.monotonic() - begun < 1


@pytest.mark.parametrize("api", ["posix", "stdlib"])
def test_a_reader_waits_for_the_size_and_for_ready(readers, segment, name, api, tmp_path):
    reader = readers[api]
    with listening(tmp_path / "c") as listener:
        reader.send(framed(name, "unix:%s" % (tmp_path / "c")))
        mapping = segment(headers.pack(HEADER._replace(state=headers.STATE_INIT)))
        mapping[64] = headers.STATE_READY
        mapping[FIRST.offset : FIRST.offset + 100] = PIECE
        connection, _ = listener.accept()
        with connection:
            for byte in packed(FIRST):  # a stream may come in parts
                connection.send(bytes([byte]))
            acknowledgement = connection.recv(48, socket.MSG_WAITALL)
            assert reader.answer()["payload"]["length"] == 100
    fields = struct.unpack("<QQQQqII", acknowledgement)
    assert fields[:4] == FIRST[:4]
    assert fields[6] == 2


@pytest.mark.parametrize(
    ("rule", "number", "change"),
    [
        ("STALE_GENERATION", "ESTALE", {"generation": HEADER.generation ^ 1}),
        ("SEQUENCE_REPEATED", "EBADMSG", {"seq": 0}),
        ("SEQUENCE_GAP", "EBADMSG", {"seq": 2}),
        ("DESCRIPTOR_BOUNDS", "EBADMSG", {"offset": SIZE + 1}),
        ("DESCRIPTOR_BOUNDS", "EBADMSG", {"length": 2**64 - FIRST.offset}),
        ("DESCRIPTOR_BOUNDS", "EBADMSG", {"offset": 0}),
        ("DESCRIPTOR_BOUNDS", "EBADMSG", {"length": 129}),  # it would end in the next slot
        ("DESCRIPTOR_FLAGS", "EBADMSG", {"flags": 1 << 31}),
        ("DESCRIPTOR_FLAGS", "EBADMSG", {"flags": 2}),
    ],
)
def test_a_reader_names_what_is_wrong_with_a_descriptor(readers, segment, name, tmp_path, rule, number, change):
    segment(headers.pack(HEADER))
    with listening(tmp_path / "c") as listener:
        readers["posix"].send(framed(name, "unix:%s" % (tmp_path / "c")))
        connection, _ = listener.accept()
        with connection:
            connection.sendall(packed(FIRST._replace(**change)))
            assert told(readers["posix"].answer()) == ("descriptor", number, rule)


BROKEN_RECORD = RECORD.pack(1, 2, 3.0, 4.0, 5, 25, b"")  # no text has 25 bytes
TENSOR_IMAGE = TENSOR.pack(512, 512, 1, b"t") + bytes(DATA_BYTES)
DECODE = ("codec", "EBADMSG", "DECODE")


@pytest.mark.parametrize("api", ["posix", "stdlib"])
@pytest.mark.parametrize(
    ("codec", "shape", "message", "words", "expected"),
    [
        ("flatbuffers", "record", PIECE, "", DECODE),
        ("flatbuffers", "record", PIECE[:3], "", DECODE),
        ("flatbuffers", "tensor", struct.pack("<I", 90).ljust(100, b"\1"), "", DECODE),
        ("struct", "record", BROKEN_RECORD, "", DECODE),
        ("struct", "telemetry", struct.pack("<Q", 1000) + BROKEN_RECORD * 1000, "", DECODE),
        ("msgpack", "record", PIECE, "", DECODE),
        ("struct", "tensor", TENSOR_IMAGE, "--values /dev/full", ("write", "ENOSPC", None)),
        ("raw", "tensor", TENSOR_IMAGE, "--out /dev/full", ("write", "ENOSPC", None)),
    ],
    ids=["table", "root", "data", "text", "texts", "map", "values", "out"],
)
def test_a_failure_with_values_in_the_segment_is_answered_and_so_is_the_next_line(
    readers, segment, name, tmp_path, api, codec, shape, message, words, expected
):
    slot = headers.round_up(len(message))
    size = HEADER.payload_offset + 2 * slot
    mapping = segment(headers.pack(HEADER._replace(segment_size=size, slot_size=slot)), size)
    mapping[FIRST.offset : FIRST.offset + len(message)] = message
    assert readers[api].ask("--unknown")["exit"] == 64  # it runs
    with listening(tmp_path / "c") as listener:
        before = readers[api].open_files()
        readers[api].send(framed(name, "unix:%s" % (tmp_path / "c"), "--shape", shape, "--codec", codec, words))
        connection, _ = listener.accept()
        with connection:
            connection.sendall(packed(FIRST._replace(length=len(message))))
            answer = readers[api].answer()
            assert answer["exit"] == 1
            assert told(answer) == expected
    assert readers[api].open_files() == before
    assert readers[api].ask("--unknown")["exit"] == 64


@pytest.mark.parametrize("codec", ["raw", "struct", "flatbuffers"])
def test_a_send_that_fails_after_encoding_in_place_is_answered_and_so_is_the_next_line(name, tmp_path, codec):
    (tmp_path / "payload").write_bytes(RECORD.pack(1, 2, 3.0, 4.0, 5, 0, b""))
    words = ["--payload", str(tmp_path / "payload"), "--shape record --count 2 --codec", codec]
    with Served("posix", "writer") as writer:
        writer.send(framed(name, "unix:%s" % (tmp_path / "c"), *words))
        with socket.socket(socket.AF_UNIX) as connection:
            until(lambda: connection.connect_ex(str(tmp_path / "c")) == 0)
            sent = Descriptor(*struct.unpack("<QQQQqII", connection.recv(48, socket.MSG_WAITALL)))
            connection.shutdown(socket.SHUT_RD)  # the second one cannot be sent
            connection.sendall(packed(sent._replace(flags=2)))
            assert told(writer.answer())[:2] == ("send", "EPIPE")
        assert writer.ask("--unknown")["exit"] == 64


def test_a_wrong_crc_is_counted_and_the_reader_goes_on(readers, segment, name, tmp_path):
    segment(headers.pack(HEADER))[FIRST.offset : FIRST.offset + 100] = PIECE
    with listening(tmp_path / "c") as listener:
        readers["posix"].send(framed(name, "unix:%s" % (tmp_path / "c"), "--count 3"))
        connection, _ = listener.accept()
        with connection:
            for seq, flags in ((1, 0), (2, 1), (3, 1)):
                connection.sendall(packed(FIRST._replace(seq=seq, crc32c=5, flags=flags)))
                connection.recv(48, socket.MSG_WAITALL)
            answer = readers["posix"].answer()
    assert (answer["exit"], answer["crcMismatches"], answer["firstCrcMismatch"]) == (0, 2, 2)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_SEQPACKET])
@pytest.mark.parametrize("length", [0, 47, 49])
def test_a_packet_of_another_length_is_ebadmsg_and_an_end_is_epipe(readers, segment, name, tmp_path, kind, length):
    segment(headers.pack(HEADER))
    channel = "unix" if kind == socket.SOCK_STREAM else "unix-seqpacket"
    with listening(tmp_path / "c", kind) as listener:
        readers["posix"].send(framed(name, "%s:%s" % (channel, tmp_path / "c"), "--count 2"))
        connection, _ = listener.accept()
        connection.sendall((bytes(packed(FIRST)) + b"x")[:length])
        connection.close()
        packet = kind == socket.SOCK_SEQPACKET and length > 0
        assert told(readers["posix"].answer())[1] == ("EBADMSG" if packet else "EPIPE")


@pytest.mark.parametrize("count", [0, 1, 3])
def test_an_eventfd_writer_that_passes_another_number_of_descriptors_is_ebadmsg(readers, segment, name, tmp_path, count):
    segment(headers.pack(HEADER))
    before = readers["posix"].open_files()
    with listening(tmp_path / "c") as listener:
        readers["posix"].send(framed(name, "eventfd:%s" % (tmp_path / "c")))
        connection, _ = listener.accept()
        with connection:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * count))] if count else []
            connection.sendmsg([b"\0"], rights)
            assert told(readers["posix"].answer())[:2] == ("recvmsg", "EBADMSG")
    assert readers["posix"].open_files() == before


@pytest.mark.parametrize("tail", [65, 2**64 - 1])
def test_a_lane_s_tail_that_is_none_is_eproto(readers, segment, name, tail):
    segment(headers.pack(HEADER))[128:136] = struct.pack("<Q", tail)
    assert told(readers["posix"].ask(framed(name, "spin")))[:2] == ("consume", "EPROTO")


def test_messages_of_another_length_in_a_queue_are_ebadmsg(readers, segment, name, key):
    segment(headers.pack(HEADER))
    queue = sysv_ipc.MessageQueue(key, sysv_ipc.IPC_CREX)
    try:
        for length in (47, 49):
            queue.send(b"x" * length, True, 1)
            assert told(readers["posix"].ask(framed(name, "sysv-msg:%d" % key)))[1] == "EBADMSG"
    finally:
        queue.remove()
    to_reader = posix_ipc.MessageQueue(name + ".r", posix_ipc.O_CREX, 0o600, 2, 100)
    to_writer = posix_ipc.MessageQueue(name + ".w", posix_ipc.O_CREX, 0o600, 2, 100)
    try:
        for length in (47, 49):
            to_reader.send(b"x" * length)
            assert told(readers["posix"].ask(framed(name, "posix-mq:" + name)))[1] == "EBADMSG"
    finally:
        for queue in (to_reader, to_writer):
            queue.close()
            queue.unlink()


def test_a_queue_that_is_removed_is_epipe(readers, segment, name, key):
    segment(headers.pack(HEADER))
    queue = sysv_ipc.MessageQueue(key, sysv_ipc.IPC_CREX)
    readers["posix"].send(framed(name, "sysv-msg:%d" % key))
    until(lambda: b"msgrcv" in wchan(readers["posix"]))
    queue.remove()
    assert told(readers["posix"].answer())[:2] == ("msgrcv", "EPIPE")


def wchan(served):
    """Where the process sleeps in the kernel."""
    with open("/proc/%d/wchan" % served.process.pid, "rb") as file:
        return file.read()


@pytest.fixture
def spec(channel, name, key, folder):
    """The channel's name with an address of the test's own."""
    kind = ADDRESSES[channel]
    address = {"socket": folder / "c", "path": folder / "c", "name": name, "key": hex(key), "words": None, None: None}[kind]
    return channel if address is None else "%s:%s" % (channel, address)


channels = pytest.mark.parametrize("channel", CHANNELS)


@contextlib.contextmanager
def writer_side(mapping, spec):
    """The writer's end of a channel, in this process."""
    with contextlib.ExitStack() as stack:
        view = stack.enter_context(memoryview(mapping))
        words = stack.enter_context(view[:128].cast("Q"))
        channel = make(spec, "writer", 0o600, now_ns() + DEADLINE_S * 10**9)
        channel.use_header(words)
        if channel.block_bytes():
            stack.callback(channel.use_block(view, 128).release)
        stack.enter_context(channel)
        channel.open()
        yield channel, words


@channels
def test_a_writer_that_sends_nothing_is_etimedout_in_wait(readers, segment, name, channel, spec):
    with writer_side(segment(headers.pack(HEADER)), spec) as (channel, _):
        begun = time.monotonic()
        readers["posix"].send(framed(name, spec, "--deadline-ms %d" % (300 if spec.startswith("skmsg") else 150)))
        channel.accept()  # of skmsg: some questions to its manager
        error = readers["posix"].answer()["error"]
        assert (error["errno"], error["stage"]) == ("ETIMEDOUT", "wait")
        assert 0.14 < time.monotonic() - begun < 1


@channels
def test_a_writer_that_closes_is_epipe(readers, segment, name, channel, spec):
    """Sockets and FIFOs end, the queue goes away; everywhere else there is the segment's state."""
    with writer_side(segment(headers.pack(HEADER)), spec) as (channel, words):
        readers["posix"].send(framed(name, spec, "--count 2"))
        channel.accept()
        if channel.WHOLE:
            channel.send_whole(packed(FIRST._replace(offset=0)), PIECE)
        else:
            channel.send(packed(FIRST))
        acknowledgement = bytearray(48)
        channel.receive(acknowledgement)
        words[headers.STATE_WORD] = headers.STATE_CLOSED
    assert told(readers["posix"].answer())[1] == "EPIPE"


STATE_CHANNELS = ["posix-mq", "posix-sem", "futex", "spin"]  # nothing but the segment's state shows an end


@pytest.mark.parametrize("channel", STATE_CHANNELS)
def test_a_reader_that_waits_sees_the_state_alone(readers, segment, name, channel, spec):
    """A writer that gives up wakes nobody, and may be stopped before it removes anything."""
    with writer_side(segment(headers.pack(HEADER)), spec) as (channel, words):
        readers["posix"].send(framed(name, spec, "--count 2"))
        channel.send(packed(FIRST))
        channel.receive(bytearray(48))
        words[headers.STATE_WORD] = headers.STATE_CLOSED
        begun = time.monotonic()
        assert told(readers["posix"].answer())[1] == "EPIPE"
        assert time.monotonic() - begun < 1


@pytest.mark.parametrize("channel", ["posix-sem", "futex", "eventfd", "spin"])
@pytest.mark.parametrize("api", ["posix", "stdlib"])
def test_a_reader_that_fails_closes_a_segment_with_lanes_so_that_its_writer_ends(readers, segment, name, channel, spec, api):
    mapping = segment(headers.pack(HEADER))
    with writer_side(mapping, spec) as (channel, words):
        readers[api].send(framed(name, spec))
        channel.accept()
        channel.send(packed(FIRST._replace(generation=HEADER.generation ^ 1)))
        assert told(readers[api].answer())[2] == "STALE_GENERATION"
        assert words[headers.STATE_WORD] == headers.STATE_CLOSED
        with pytest.raises(PeerError, match="EPIPE"):
            channel.receive(bytearray(48))


@pytest.mark.parametrize("channel", ["unix", "posix-mq"])
def test_a_reader_that_fails_writes_nothing_where_the_channel_has_no_lanes(readers, segment, name, channel, spec):
    with writer_side(segment(headers.pack(HEADER)), spec) as (channel, words):
        readers["stdlib"].send(framed(name, spec))
        channel.accept()
        channel.send(packed(FIRST._replace(generation=HEADER.generation ^ 1)))
        assert told(readers["stdlib"].answer())[2] == "STALE_GENERATION"
        assert words[headers.STATE_WORD] == headers.STATE_READY


@pytest.mark.parametrize(("rule", "change"), [("SEQUENCE_GAP", {"seq": 2}), ("DESCRIPTOR_FLAGS", {"flags": 1})])
def test_a_writer_names_what_is_wrong_with_an_acknowledgement(name, tmp_path, rule, change):
    with Served("posix", "writer") as writer:
        (tmp_path / "payload").write_bytes(PIECE)
        writer.send(framed(name, "unix:%s" % (tmp_path / "c"), "--payload", str(tmp_path / "payload")))
        with socket.socket(socket.AF_UNIX) as connection:
            until(lambda: connection.connect_ex(str(tmp_path / "c")) == 0)
            sent = Descriptor(*struct.unpack("<QQQQqII", connection.recv(48, socket.MSG_WAITALL)))
            connection.sendall(packed(sent._replace(flags=3)._replace(**change)))
            assert told(writer.answer()) == ("descriptor", "EBADMSG", rule)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("channel", ["unix", "unix-whole", "unix-seqpacket", "eventfd"])
def test_a_reader_that_goes_away_is_epipe(name, tmp_path, channel):
    kind = socket.SOCK_SEQPACKET if channel == "unix-seqpacket" else socket.SOCK_STREAM
    with Served("posix", "writer") as writer:
        (tmp_path / "payload").write_bytes(PIECE)
        spec = "%s:%s" % (channel, tmp_path / "c")
        writer.send(framed(name, spec, "--payload", str(tmp_path / "payload")))
        with socket.socket(socket.AF_UNIX, kind) as connection:
            until(lambda: connection.connect_ex(str(tmp_path / "c")) == 0)
        assert told(writer.answer())[1] == "EPIPE"


def test_an_accept_without_a_descriptor_is_an_error_and_the_peer_goes_on(name, tmp_path):
    (tmp_path / "payload").write_bytes(PIECE)
    path = "/dev/shm" + name
    with Served("posix", "writer") as writer:
        pid = writer.process.pid
        writer.send(framed(name, "unix:%s" % (tmp_path / "c"), "--payload", str(tmp_path / "payload")))
        until(lambda: os.path.exists(path) and Path(path).read_bytes()[64:65] == b"\1")  # it waits in accept
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        used = {int(number) for number in os.listdir("/proc/%d/fd" % pid)}
        lowest_free = min(set(range(len(used) + 1)) - used)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (lowest_free, before[1]))
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(tmp_path / "c"))
            assert told(writer.answer())[:2] == ("accept", "EMFILE")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        assert writer.ask("--unknown")["exit"] == 64
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_a_reader_that_was_ended_had_made_is_removed(segment, name, tmp_path, number):
    segment(headers.pack(HEADER))
    with listening(tmp_path / "c") as listener:
        words = framed(name, "unix:%s" % (tmp_path / "c"), "--shape record --out", str(tmp_path / "out")).split()
        reader = subprocess.Popen([*program("posix", "reader"), *words, "--values", str(tmp_path / "values")])
        connection, _ = listener.accept()
        with connection:
            assert {"out", "values"} <= set(os.listdir(str(tmp_path)))
            reader.send_signal(number)
            assert reader.wait(DEADLINE_S) == 128 + number
    assert os.listdir(str(tmp_path)) == ["c"]


@channels
def test_sigterm_in_a_wait_removes_segment_and_channel(name, tmp_path, channel, spec):
    (tmp_path / "payload").write_bytes(PIECE)
    words = framed(name, spec, "--payload", str(tmp_path / "payload")).split()
    writer = subprocess.Popen([*program("posix", "writer"), *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    path = "/dev/shm" + name
    until(lambda: os.path.exists(path) and Path(path).read_bytes()[64:65] == b"\1")  # ready
    writer.send_signal(signal.SIGTERM)
    _, errors = writer.communicate(timeout=DEADLINE_S)
    assert (writer.returncode, errors) == (143, b"")
    assert os.listdir(str(tmp_path)) == ["payload"]
    for kind in (posix_ipc.MessageQueue, posix_ipc.Semaphore):
        with pytest.raises(posix_ipc.ExistentialError):
            kind(name + ".r")


@pytest.mark.parametrize("channel", [name for name, address in ADDRESSES.items() if address not in (None, "words")])
def test_an_object_that_is_in_the_way_of_the_channel_is_eexist_and_stays(name, tmp_path, channel, spec):
    (tmp_path / "payload").write_bytes(PIECE)
    made = make(spec, "writer", 0o600, now_ns() + 10**9)
    with contextlib.ExitStack() as stack:
        stack.enter_context(made)
        made.open()
        with Served("posix", "writer") as writer:
            for _ in range(2):
                answer = writer.ask(framed(name, spec, "--payload", str(tmp_path / "payload")))
                assert told(answer)[1] in ("EEXIST", "EADDRINUSE")
