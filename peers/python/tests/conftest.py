# SPDX-License-Identifier: Apache-2.0
"""Names of the test's own, the programs as processes, and a check that nothing stays behind."""

import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shmbed_peer.channel import ADDRESSES, rtering

ROOT = Path(__file__).resolve().parents[1]
POSIX = ("posix", "stdlib")
FILES = {"writer": "shm_writer.py", "reader": "shm_reader.py", "cleaner": "shm_clean.py"}
C_ROOT = ROOT.parent / "c"
C_FILES = {"writer": "shm_writer.exe", "reader": "shm_reader.exe", "cleaner": "shm_clean.exe"}
DEADLINE_S = 20
REQUIRED = os.environ.get("SHMBED_REQUIRE", "").replace(" ", "").split(",")  # channels that must work on this machine
NEEDS_DPDK = pytest.mark.skipif(
    rtering.missing() is not None and "rtering" not in REQUIRED, reason="UNSUPPORTED: %s" % rtering.missing()
)
CHANNELS = [pytest.param(name, marks=NEEDS_DPDK) if name == "rtering" else name for name in ADDRESSES]

_numbers = itertools.count(1)


def program(api, role):
    """The command that starts one program: of Python with this interpreter, or of C (see test_with_c)."""
    if api.startswith("c-"):
        return [str(C_ROOT / api[len("c-") :] / C_FILES[role])]
    return [sys.executable, str(ROOT / api / FILES[role])]


def run(api, role, *words, cwd="/"):
    """Runs one program to its end. stdout and stderr are bytes."""
    return subprocess.run(
        program(api, role) + [str(word) for word in words],
        cwd=cwd,
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )


def result_of(api, role, *words):
    """The result object of a fresh process, whose exit code must agree with it."""
    done = run(api, role, "--result", "-", *words)
    result = json.loads(done.stdout)
    assert result["exit"] == done.returncode, done.stderr
    return result


class Served:
    """One program with --serve."""

    def __init__(self, api, role, *words):
        self.process = subprocess.Popen(
            [*program(api, role), "--serve", *words],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def send(self, line):
        """Sends one line."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def answer(self):
        """The next result object."""
        return json.loads(self.process.stdout.readline())

    def ask(self, line):
        """Sends one line and returns the result object."""
        self.send(line)
        return self.answer()

    def open_files(self):
        """What the process has open."""
        folder = "/proc/%d/fd" % self.process.pid
        return sorted(os.readlink(os.path.join(folder, name)) for name in os.listdir(folder))

    def children(self):
        """The process ids of its children."""
        pid = self.process.pid
        return Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()

    def quit(self):
        """Ends it; returns (exit code, what it said on stderr)."""
        _, errors = self.process.communicate(b"quit\n", timeout=DEADLINE_S)
        return self.process.returncode, errors

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def until(true):
    """Looks until it is true, or fails at a deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def sysv_segments():
    """key -> id of every System V segment."""
    with open("/proc/sysvipc/shm", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return {int(row[0]) & 0xFFFFFFFF: int(row[1]) for row in rows}


@pytest.fixture
def name():
    """A POSIX name of this test's own; nothing may be left under it."""
    own = "/shmbed-py-test-%d-%d" % (os.getpid(), next(_numbers))
    yield own
    left = Path("/dev/shm" + own)
    there = left.exists()
    if there:
        left.unlink()
    assert not there, "left in /dev/shm"


@pytest.fixture
def key():
    """A System V key of this test's own; no segment may be left under it."""
    import sysv_ipc

    own = 0x73000000 + (os.getpid() & 0xFFFF) * 64 + next(_numbers) % 64
    yield own
    left = sysv_segments().get(own)
    if left is not None:
        sysv_ipc.remove_shared_memory(left)
    assert left is None, "left a System V segment"


@pytest.fixture(scope="session")
def managed(tmp_path_factory):
    """The folder of a manager of the channel skmsg: that of the C peers, which are built if they are not.

    A machine that cannot have one skips the tests and says why; where SHMBED_REQUIRE has the channel, they fail.
    """
    made = subprocess.run(["make", "-C", str(C_ROOT), "./skmsg/skmsg"], capture_output=True, check=False)
    assert made.returncode == 0, made.stderr.decode()
    folder = tmp_path_factory.mktemp("skmsg")
    manager = [str(C_ROOT / "skmsg" / "skmsg"), "--dir", str(folder)]
    os.chmod(folder, 0o700)
    begun = subprocess.run([*manager, "up"], capture_output=True, timeout=DEADLINE_S, check=False)
    if begun.returncode == 77 and "skmsg" not in REQUIRED:
        pytest.skip(begun.stderr.decode())
    assert begun.returncode == 0, begun.stderr
    yield folder
    assert sorted(os.listdir(folder)) == ["bpf", "manager"]
    subprocess.run([*manager, "down"], timeout=DEADLINE_S, check=True)
    assert os.listdir(folder) == []


@pytest.fixture
def folder(channel, request, tmp_path):
    """Where that channel's files go."""
    return request.getfixturevalue("managed") if channel.startswith("skmsg") else tmp_path


@pytest.fixture(params=["posix", "stdlib", "sysv"])
def api(request):
    """Each of the three peers."""
    return request.param


@pytest.fixture
def where(api, request):
    """The words that name an object of the test's own for that peer."""
    if api == "sysv":
        return ["--key", str(request.getfixturevalue("key"))]
    return ["--name", request.getfixturevalue("name")]


@pytest.fixture
def remove(api, where):
    """Removes the object of `where`."""
    return lambda: run("sysv" if api == "sysv" else "posix", "cleaner", *where)
