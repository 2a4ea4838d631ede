# SPDX-License-Identifier: Apache-2.0
"""Channel skmsg, both ends in this process: its credits, and a manager that does not answer."""

import contextlib
import socket
import threading
import time

import pytest
from conftest import DEADLINE_S

from shmbed_peer.channel import make
from shmbed_peer.channel.skmsg import CREDITS, CREDITS_BACK
from shmbed_peer.errors import PeerError
from shmbed_peer.latency import now_ns


def message(number):
    """A descriptor of that number."""
    return number.to_bytes(8, "little") + bytes(40)


def received(end):
    """The number of the next descriptor."""
    descriptor = bytearray(48)
    end.receive(descriptor)
    return int.from_bytes(descriptor[:8], "little")


@pytest.fixture(params=["skmsg", "skmsg-pin"])
def ends(request, managed):
    """(writer, reader) of an open channel."""
    spec = "%s:%s" % (request.param, managed / "c")
    with contextlib.ExitStack() as stack:
        writer, reader = (
            stack.enter_context(make(spec, role, 0o600, now_ns() + DEADLINE_S * 10**9)) for role in ("writer", "reader")
        )
        writer.open()
        accepting = threading.Thread(target=writer.accept)
        accepting.start()
        reader.open()
        accepting.join()
        yield writer, reader


def test_who_receives_32_without_sending_gives_the_credits_back(ends):
    writer, reader = ends
    for number in range(1, CREDITS + 1):
        writer.send(message(number))
    assert [received(reader) for _ in range(CREDITS_BACK)] == list(range(1, CREDITS_BACK + 1))
    for number in range(CREDITS + 1, CREDITS + CREDITS_BACK + 1):
        writer.send(message(number))  # the first one takes the message that says so
    assert [received(reader) for _ in range(CREDITS)] == list(range(CREDITS_BACK + 1, CREDITS + CREDITS_BACK + 1))
    assert writer.proof()["mostOnTheWay"] == CREDITS
    assert (writer.proof()["received"], reader.proof()["sent"]) == (2, 1 + (CREDITS + CREDITS_BACK) // CREDITS_BACK)


def test_descriptors_that_come_while_a_side_waits_for_credits_are_kept_in_order(ends):
    writer, reader = ends
    for number in range(1, CREDITS + 1):
        writer.send(message(number))
    for number in range(1, 4):
        assert received(reader) == number
        reader.send(message(number))
    for number in range(CREDITS + 1, CREDITS + 4):
        writer.send(message(number))
    assert writer.arrived()
    reader.send(message(4))
    assert [received(writer) for _ in range(4)] == [1, 2, 3, 4]
    assert not writer.arrived()
    assert [received(reader) for _ in range(CREDITS)] == list(range(4, CREDITS + 4))


def test_a_65th_that_nobody_makes_room_for_is_etimedout(ends):
    writer, _ = ends
    for number in range(1, CREDITS + 1):
        writer.send(message(number))
    writer.deadline_ns = now_ns() + 10**8
    with pytest.raises(PeerError, match="ETIMEDOUT"):
        writer.send(message(CREDITS + 1))


@pytest.mark.parametrize("backlog", [0, 8])
def test_a_manager_that_is_stopped_is_etimedout_at_the_deadline(tmp_path, backlog):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as manager, contextlib.ExitStack() as stack:
        manager.bind(str(tmp_path / "manager"))
        manager.listen(backlog)
        if backlog == 0:  # one waits in the queue, and there is no room for another
            waiting = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
            waiting.connect(str(tmp_path / "manager"))
        begun = time.monotonic()
        channel = stack.enter_context(make("skmsg:%s" % (tmp_path / "c"), "writer", 0o600, now_ns() + 2 * 10**8))
        with pytest.raises(PeerError, match="ETIMEDOUT") as caught:
            channel.open()
        assert caught.value.stage == "wait"
        assert 0.19 < time.monotonic() - begun < 2
