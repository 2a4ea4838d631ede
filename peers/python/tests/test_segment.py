# SPDX-License-Identifier: Apache-2.0
"""Segments in this process: whose objects are touched, and what a failure leaves."""

import errno
import os
import subprocess
import sys

import pytest
from conftest import POSIX, result_of, run, sysv_segments

from shmbed_peer import classic, framed, interrupt
from shmbed_peer.errors import PeerError
from shmbed_peer.latency import Ledger
from shmbed_peer.options import parse
from shmbed_peer.peers import PEERS


def segment(api, *words, role="writer"):
    """A segment that nothing was done with yet."""
    peer = PEERS["python-" + api]
    return peer.segments().Segment(parse(peer, role, list(words)), Ledger())


def exists(where):
    """Whether the object is there."""
    if where[0] == "--key":
        return int(where[1]) in sysv_segments()
    return os.path.exists("/dev/shm" + where[1])


@pytest.mark.parametrize("failure", [ValueError, interrupt.Interrupted])
def test_what_a_failed_block_created_is_removed(api, where, failure):
    with pytest.raises(failure), segment(api, "5B", *where) as made:
        made.create()
        made.attach()
        assert exists(where)
        raise failure(15)
    assert not exists(where)


def test_a_signal_that_leaves_a_slice_of_the_view_removes_the_object_all_the_same(api, where):
    with pytest.raises(interrupt.Interrupted), segment(api, "5B", *where) as made:
        made.create()
        made.attach()
        held = made.view[:4]
        raise interrupt.Interrupted(15)
    held.release()
    assert not exists(where)


def test_what_was_there_before_a_failed_block_stays(api, where, remove):
    assert run(api, "writer", "5B", *where).returncode == 0
    with pytest.raises(ValueError), segment(api, "5B", *where) as again:
        again.create()
        raise ValueError
    assert exists(where)
    assert remove().returncode == 0


def test_closing_twice_does_no_harm(api, where, remove):
    with segment(api, "5B", *where) as made:
        made.create()
        made.attach()
        made.close()
        made.close()
    assert remove().returncode == 0


def test_another_user_s_object_is_not_used_again(api, where, remove, monkeypatch):
    with segment(api, "5B", *where) as made:
        made.create()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(PeerError, match="EEXIST.*belongs to user %d" % os.getuid()), segment(api, "5B", *where) as again:
        again.create()
    assert exists(where)
    assert remove().returncode == 0


def test_a_text_longer_than_one_piece_is_read_whole(api, where, remove):
    text = b"".join(b"%07d\n" % n for n in range(20000))
    with segment(api, "--payload", "x", "--segment-size", "1M", *where) as made:
        made.create()
        made.attach()
        classic.write_text(made, text, len(text), made.ledger)
    with segment(api, *where, role="reader") as reading:
        reading.open()
        assert reading.size_bytes == 1 << 20
        assert classic.read_text(reading, reading.ledger) == text
    assert remove().returncode == 0


def test_a_reader_s_mapping_of_posix_ipc_is_read_only(name):
    with segment("posix", "5B", "--name", name) as made:
        made.create()
    with segment("posix", "--name", name, role="reader") as reading:
        reading.open()
        assert reading.view.readonly
        reading.detach()
        reading.remove()


@pytest.mark.parametrize("creator", POSIX)
def test_a_standard_library_process_that_only_attached_leaves_the_object(name, creator):
    """The resource tracker of SharedMemory would unlink it when the process ends (python/cpython#82300)."""
    assert run(creator, "writer", "5B", "--name", name).returncode == 0
    again = run("stdlib", "writer", "7B", "--name", name)
    assert (again.returncode, again.stderr) == (0, b"")
    assert result_of("posix", "reader", "--name", name)["payload"]["length"] == 6


def test_the_resource_tracker_is_never_started():
    code = """if True:
        from multiprocessing import resource_tracker
        from shmbed_peer.main import main
        main("python-stdlib", "writer", ["5B", "--name", NAME])
        main("python-stdlib", "reader", ["--name", NAME])
        assert resource_tracker._resource_tracker._pid is None
        """.replace("NAME", repr("/shmbed-py-test-tracker-%d" % os.getpid()))
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True, stdout=subprocess.DEVNULL)


def test_an_attach_that_fails_does_not_unlink(name, monkeypatch):
    """SharedMemory's constructor unlinks when mmap fails, even where it only attached."""
    import mmap

    assert run("posix", "writer", "5B", "--name", name).returncode == 0

    def refuse(*_):
        raise OSError(12, "no memory")

    reading = segment("stdlib", "--name", name, role="reader")
    with monkeypatch.context() as patch:
        patch.setattr(mmap, "mmap", refuse)
        with pytest.raises(PeerError, match="ENOMEM"):
            reading.open()
    assert exists(["--name", name])
    assert run("posix", "cleaner", "--name", name).returncode == 0


@pytest.mark.parametrize(("number", "again"), [(errno.EINVAL, True), (errno.EIDRM, True), (errno.EACCES, False)])
def test_a_segment_that_is_removed_before_shmat_is_looked_for_again(key, monkeypatch, number, again):
    from shmbed_peer.segment import sysv

    def removed(*_):
        raise OSError(number, os.strerror(number))

    assert run("sysv", "writer", "5B", "--key", key).returncode == 0
    reading = segment("sysv", "--key", str(key), role="reader")
    monkeypatch.setattr(sysv, "_shmat", removed)
    if again:
        assert not framed._is_ready(reading, False)
    else:
        with pytest.raises(PeerError, match="EACCES"):
            framed._is_ready(reading, False)
    assert run("sysv", "cleaner", "--key", key).returncode == 0


def test_a_segment_that_goes_away_while_a_writer_looks_at_it_is_made_anew(key, monkeypatch):
    from shmbed_peer.segment import sysv

    answers = [errno.EEXIST, errno.ENOENT, errno.EEXIST, errno.EINVAL, errno.ENOENT]
    shmget = sysv._shmget

    def goes_away(*arguments):
        if answers:
            number = answers.pop(0)
            raise OSError(number, os.strerror(number))
        return shmget(*arguments)

    monkeypatch.setattr(sysv, "_shmget", goes_away)
    with segment("sysv", "5B", "--key", str(key)) as made:
        made.create()
        assert made.created
    assert run("sysv", "cleaner", "--key", key).returncode == 0
