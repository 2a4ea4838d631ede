# SPDX-License-Identifier: Apache-2.0
"""Real exchanges between fresh processes, every Python pairing, and how each of them fails."""

import base64
import hashlib
import os
import re
import resource
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from conftest import POSIX, ROOT, program, result_of, run

from shmbed_peer.histogram import counts_index

PAIRINGS = [(writer, reader) for writer in POSIX for reader in POSIX] + [("sysv", "sysv")]
ALL_BYTES = bytes(range(1, 256)) * 3


@pytest.fixture(params=PAIRINGS, ids=":".join)
def pairing(request):
    """(writer, reader, the words that name the object, remove)."""
    writer, reader = request.param
    if writer == "sysv":
        where = ["--key", str(request.getfixturevalue("key"))]
    else:
        where = ["--name", request.getfixturevalue("name")]
    return writer, reader, where, lambda: writer == "sysv" and run("sysv", "cleaner", *where)


@pytest.mark.parametrize("size", [1, 2, 100, 4095, 4096, 4097, 1000000, 8388608])
def test_the_reader_sees_the_seed_s_text(pairing, tmp_path, size):
    writer, reader, where, remove = pairing
    wrote = result_of(writer, "writer", "%dB" % size, *where)
    read = result_of(reader, "reader", "--out", tmp_path / "out", *where)
    remove()
    text = b"a" * (size - 1)
    assert (tmp_path / "out").read_bytes() == text
    assert wrote["payload"] == read["payload"] == {"length": size - 1, "sha256": hashlib.sha256(text).hexdigest()}
    assert {"create", "write", "detach"} <= set(wrote["stages"])
    assert {"reader-attach", "read", "detach"} <= set(read["stages"])
    assert ("remove" in read["stages"]) == (reader != "sysv")
    assert all(type(ns) is int and ns >= 0 for ns in [*wrote["stages"].values(), *read["stages"].values()])


def test_a_shorter_text_in_the_same_segment_shows_no_old_tail(pairing, tmp_path):
    writer, reader, where, remove = pairing
    (tmp_path / "text").write_bytes(ALL_BYTES)
    assert result_of(writer, "writer", "10000B", *where)["exit"] == 0
    assert result_of(writer, "writer", "--payload", tmp_path / "text", *where)["exit"] == 0
    assert result_of(reader, "reader", "--out", tmp_path / "out", *where)["exit"] == 0
    remove()
    assert (tmp_path / "out").read_bytes() == ALL_BYTES
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


def test_a_payload_with_a_nul_is_einval_and_creates_nothing(pairing, tmp_path):
    writer, reader, where, _ = pairing
    (tmp_path / "text").write_bytes(b"a\0b")
    error = result_of(writer, "writer", "--payload", tmp_path / "text", *where)["error"]
    assert (error["call"], error["errno"]) == ("classic", "EINVAL")
    assert result_of(reader, "reader", *where)["error"]["errno"] == "ENOENT"


@pytest.mark.parametrize("words", [["4097B"], ["--payload"]])
def test_a_text_that_does_not_fit_with_its_nul_is_emsgsize(pairing, tmp_path, words):
    writer, reader, where, _ = pairing
    (tmp_path / "text").write_bytes(b"a" * 4096)
    given = [*words, tmp_path / "text"] if words == ["--payload"] else words
    error = result_of(writer, "writer", *given, "--segment-size", "4K", *where)["error"]
    assert (error["call"], error["errno"]) == ("classic", "EMSGSIZE")
    assert result_of(reader, "reader", *where)["error"]["errno"] == "ENOENT"


def test_an_object_that_is_there_is_eexist_when_exclusive_or_too_small(pairing):
    writer, _, where, remove = pairing
    assert result_of(writer, "writer", "5B", "--segment-size", "8K", *where)["exit"] == 0
    for words in (["--exclusive"], ["--segment-size", "12K"]):
        error = result_of(writer, "writer", "5B", *words, *where)["error"]
        assert (error["call"], error["errno"]) == ("shmget" if writer == "sysv" else "shm_open", "EEXIST")
    assert re.search("8192 bytes.*wanted 12288", error["message"])
    assert result_of(writer, "writer", "5B", "--segment-size", "4K", *where)["exit"] == 0  # larger is fine
    remove()
    if writer != "sysv":
        run("posix", "cleaner", *where)


def test_an_object_without_a_nul_is_ebadmsg_and_stays(pairing, tmp_path):
    writer, reader, where, remove = pairing
    result_of(writer, "writer", "4096B", "--segment-size", "4K", *where)
    if writer == "sysv":
        import sysv_ipc

        memory = sysv_ipc.SharedMemory(int(where[1]))
        memory.write(b"a" * 4096)
        memory.detach()
    else:
        Path("/dev/shm" + where[1]).write_bytes(b"a" * 4096)
    for _ in range(2):
        error = result_of(reader, "reader", *where)["error"]
        assert (error["call"], error["errno"]) == ("classic", "EBADMSG")
    remove()
    if writer != "sysv":
        os.unlink("/dev/shm" + where[1])


def test_repeated_rounds_have_histograms_and_leave_one_segment(pairing, tmp_path):
    writer, reader, where, remove = pairing
    (tmp_path / "text").write_bytes(ALL_BYTES)
    words = ["--repeat", "50", "--segment-size", "64K", *where]
    wrote = result_of(writer, "writer", "--payload", tmp_path / "text", *words)
    assert wrote["exit"] == 0, wrote["error"]
    again = result_of(writer, "writer", "5B", "--exclusive", *where)["error"]
    assert again["errno"] == "EEXIST"
    read = result_of(reader, "reader", "--out", tmp_path / "out", *words)
    assert read["exit"] == 0, read["error"]
    assert (tmp_path / "out").read_bytes() == ALL_BYTES
    remove()
    assert result_of(reader, "reader", *where)["error"]["errno"] == "ENOENT"
    digest = {"length": len(ALL_BYTES), "sha256": hashlib.sha256(ALL_BYTES).hexdigest()}
    assert wrote["payload"] == read["payload"] == digest
    own = {"posix": {"size", "reserve", "attach"}, "stdlib": {"reserve"}, "sysv": {"attach"}}[writer]
    assert set(wrote["histograms"]) == set(wrote["stages"]) == {"create", "write", "detach", "remove"} | own
    assert set(read["histograms"]) == {"reader-attach", "read", "detach"}
    assert set(read["stages"]) == set(read["histograms"]) | (set() if reader == "sysv" else {"remove"})
    for result in (wrote, read):
        assert result["first"].keys() == result["histograms"].keys()
        assert result["negative"] == 0
        assert result["clockPairNs"] > 0
        assert result["usage"]["userNs"] + result["usage"]["systemNs"] > 0


def test_the_median_of_the_rounds_is_that_of_their_histogram(name):
    """And each round is one of them: an odd number of rounds has one in the middle."""
    wrote = result_of("posix", "writer", "5B", "--repeat", "7", "--name", name)
    assert result_of("posix", "reader", "--repeat", "7", "--name", name)["exit"] == 0
    counts = histogram_counts(wrote["histograms"]["write"])
    assert sum(counts.values()) == 7
    assert sum(histogram_counts(wrote["histograms"]["remove"]).values()) == 6  # the last segment stays
    middle = [index for index in sorted(counts) for _ in range(counts[index])][3]
    assert counts_index(wrote["stages"]["write"]) == middle


def histogram_counts(text):
    """index -> count of an encoded histogram."""
    payload = zlib.decompress(base64.b64decode(text)[8:])[40:]
    counts, index, at = {}, 0, 0
    while at < len(payload):
        number = shift = 0
        while payload[at] & 0x80:
            number |= (payload[at] & 0x7F) << shift
            shift += 7
            at += 1
        number |= payload[at] << shift
        at += 1
        if number & 1:
            index += (number + 1) // 2
        else:
            counts[index] = number // 2
            index += 1
    return {index: count for index, count in counts.items() if count}


def test_a_segment_that_is_there_is_eexist_with_repeat_and_stays(pairing):
    writer, reader, where, remove = pairing
    assert result_of(writer, "writer", "5B", *where)["exit"] == 0
    error = result_of(writer, "writer", "7B", "--repeat", "2", *where)["error"]
    assert (error["call"], error["errno"]) == ("shmget" if writer == "sysv" else "shm_open", "EEXIST")
    assert result_of(reader, "reader", *where)["payload"]["length"] == 4
    remove()


def test_every_round_looks_at_the_key_file(tmp_path):
    (tmp_path / "shmkey.txt").write_text("key")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    count_ftok = """
import sys, sysv_ipc
from shmbed_peer.main import main
calls, ftok = [], sysv_ipc.ftok
sysv_ipc.ftok = lambda *arguments: calls.append(1) or ftok(*arguments)
assert main("python-sysv", sys.argv[1], sys.argv[2:]) == 0
print(len(calls), file=sys.stderr)
"""
    for role, words in (("writer", ["5B", "--repeat", "4"]), ("reader", ["--repeat", "4"]), ("cleaner", [])):
        done = subprocess.run(
            [sys.executable, "-c", count_ftok, role, *words], cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"4\n" if words else b"1\n")


def test_repeat_is_a_usage_error_for_the_cleaner_and_in_other_layouts(api):
    framed = ["--layout", "framed", "--channel", "spin"]
    wrong = [
        ("writer", [*framed, "--payload", "x", "--repeat", "1"]),
        ("reader", [*framed, "--repeat", "2"]),
        ("writer", ["5B", "--repeat", "0"]),
        ("reader", ["--repeat", "1000001"]),
    ]
    wrong += [("cleaner", ["--repeat", "2"])] if api != "stdlib" else []
    wrong += [("writer", ["--layout", "os", "--repeat", "2"])] if api != "sysv" else []
    for role, words in wrong:
        result = result_of(api, role, *words)
        assert result["exit"] == 64, words
        assert "--repeat" in result["usage"]
    assert b"--repeat" in run(api, "writer", "--help").stdout
    assert b"--repeat" in run(api, "reader", "--help").stdout


def test_a_person_sees_the_medians_of_the_rounds(name):
    wrote = run("posix", "writer", "1000B", "--repeat", "30", "--name", name).stdout.decode().splitlines()
    read = run("posix", "reader", "--repeat", "30", "--name", name).stdout.decode().splitlines()
    labels = ["create", "size", "reserve", "attach", "write shared memory", "detach", "remove"]
    assert wrote[0] == "Writing to shmem: name=%s, msg length=999" % name
    assert [re.sub(r" latency: \d+", "", line) for line in wrote[1:-1]] == ["[QLOG] " + label for label in labels]
    assert read[0] == "Reading from shmem: name=%s, msg length=999" % name
    labels = ["reader-attach", "read shared memory", "detach", "shm_unlink"]
    assert [re.sub(r" latency: \d+", "", line) for line in read[1:-1]] == ["[QLOG] " + label for label in labels]
    assert wrote[-1] == read[-1] == "msg sha256=" + hashlib.sha256(b"a" * 999).hexdigest()


@pytest.mark.parametrize("writer", POSIX)
@pytest.mark.parametrize("reader", POSIX)
def test_the_os_layout_prints_the_text_and_nothing_else(name, writer, reader):
    words = ["--layout", "os", "--name", name]
    before = os.umask(0o077)
    wrote = run(writer, "writer", *words)
    os.umask(before)
    assert wrote.returncode == 0, wrote.stderr
    status = os.stat("/dev/shm" + name)
    assert (status.st_mode & 0o777, status.st_size) == (0o666, 4096)  # exact, whatever the umask
    read = run(reader, "reader", *words)
    assert read.stdout == b"This is POSIX shared memory IPC.\n"
    assert b"msg length=33" in read.stderr


@pytest.mark.parametrize("length", [0, 1, 2, 255])
def test_the_os_layout_takes_another_text(name, tmp_path, length):
    (tmp_path / "text").write_bytes(ALL_BYTES[:length])
    words = ["--layout", "os", "--name", name]
    assert run("posix", "writer", "--payload", tmp_path / "text", *words).returncode == 0
    assert run("stdlib", "reader", *words).stdout == ALL_BYTES[:length]


def test_a_person_sees_the_original_lines(name):
    wrote = run("posix", "writer", "1000B", "--name", name).stdout.decode().splitlines()
    read = run("posix", "reader", "--name", name).stdout.decode().splitlines()
    labels = ["shm_open", "fchmod", "ftruncate", "posix_fallocate", "mmap"]
    for line, label in zip(wrote, labels):
        assert re.fullmatch(r"\[QLOG\] %s latency: \d+" % label, line)
    assert wrote[5] == "Writing to shmem: name=%s, msg length=999" % name
    assert re.fullmatch(r"\[QLOG\] write shared memory latency: \d+", wrote[6])
    assert "Reading from shmem: name=%s, msg length=999" % name in read
    assert wrote[-1] == read[-1] == "msg sha256=" + hashlib.sha256(b"a" * 999).hexdigest()


def test_system_v_lines_name_key_and_id(key):
    wrote = run("sysv", "writer", "1000B", "--key", key).stdout.decode()
    read = run("sysv", "reader", "--key", key).stdout.decode()
    clean = run("sysv", "cleaner", "--key", key).stdout.decode()
    assert re.search(r"Writing to shmem: key=0x%08x id=\d+, msg length=999" % key, wrote)
    assert re.search(r"Reading from shmem: key=0x%08x id=\d+, msg length=999" % key, read)
    assert re.fullmatch(r"\[QLOG\] shmget latency: \d+\n\[QLOG\] shmctl latency: \d+\n", clean)


def test_ftok_s_key_comes_from_the_file_in_the_working_directory(tmp_path):
    (tmp_path / "shmkey.txt").write_text("key")
    status = (tmp_path / "shmkey.txt").stat()
    key = (status.st_dev & 0xFF) << 16 | status.st_ino & 0xFFFF  # ftok(3) with project id 0
    wrote = run("sysv", "writer", "10B", cwd=tmp_path)
    assert b"key=0x%08x" % key in wrote.stdout, wrote.stderr
    assert b"msg length=9" in run("sysv", "reader", "--key-file", tmp_path / "shmkey.txt").stdout
    assert run("sysv", "cleaner", cwd=tmp_path).returncode == 0
    assert run("sysv", "cleaner", cwd=tmp_path).returncode == 1


def test_the_errors_of_objects_that_are_not_there(api, where):
    error = result_of(api, "reader", *where)["error"]
    assert error["errno"] == "ENOENT"
    assert error["call"] == ("shmget" if api == "sysv" else "shm_open")
    done = run(api, "reader", *where)
    assert (done.returncode, done.stderr.decode()) == (1, error["message"] + "\n")


def test_a_file_that_is_not_there_is_named(api, where):
    error = result_of(api, "writer", "--payload", "/nonexistent/file", *where)["error"]
    assert (error["call"], error["object"], error["errno"]) == ("open", "/nonexistent/file", "ENOENT")
    error = result_of(api, "reader", "--out", "/nonexistent/file", *where)["error"]
    assert (error["call"], error["object"], error["errno"]) == ("open", "/nonexistent/file", "ENOENT")


@pytest.mark.parametrize("role", ["writer", "reader"])
def test_a_probe_is_answered_by_77_and_a_reason(api, role):
    result = result_of(api, role, "--layout", "probe-4711")
    assert result["exit"] == 77
    assert "probe-4711" in result["reason"]


def test_usage_is_64_and_names_the_option(api):
    done = run(api, "writer", "5B", "--deadline-ms", "soon")
    assert done.returncode == 64
    assert b"--deadline-ms" in done.stderr
    assert result_of(api, "writer", "--deadline-ms", "soon")["usage"].startswith("--deadline-ms")


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version_are_0(api, flag):
    done = run(api, "writer", flag)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"shm_writer.py" in done.stdout or b"python-" in done.stdout


def test_a_full_or_limited_dev_shm_is_an_error_that_leaves_nothing(name):
    for api in POSIX:
        done = subprocess.run(
            [*program(api, "writer"), "5B", "--name", name],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1
        assert b"EFBIG" in done.stderr
        assert not os.path.exists("/dev/shm" + name)


@pytest.mark.parametrize("api", POSIX)
def test_what_is_no_shared_memory_is_refused_and_stays(api, name):
    path = "/dev/shm" + name
    os.symlink("/etc/hostname", path)
    assert result_of(api, "reader", "--name", name)["error"]["errno"] == "ELOOP"
    os.unlink(path)
    os.mkdir(path)
    assert result_of(api, "reader", "--name", name)["exit"] == 1
    os.rmdir(path)
    Path(path).touch()
    assert result_of(api, "reader", "--name", name)["error"]["errno"] == "EBADMSG"
    assert os.path.exists(path)
    os.unlink(path)
    os.mkfifo(path)  # opening one for reading waits for its writer
    error = result_of(api, "reader", "--name", name)["error"]
    assert error["errno"] == "EINVAL"
    words = ["--layout", "framed", "--channel", "unix:/nonexistent/c", "--deadline-ms", "200", "--name", name]
    assert result_of(api, "reader", *words)["exit"] == 1
    assert os.path.exists(path)
    os.unlink(path)


@pytest.mark.parametrize("api", POSIX)
@pytest.mark.parametrize("what", ["link", "folder", "fifo", "empty"])
def test_whatever_cannot_be_opened_or_used_is_eexist_for_a_writer_and_stays(api, name, what):
    path = "/dev/shm" + name
    make = {"link": lambda: os.symlink("/etc/hostname", path), "folder": lambda: os.mkdir(path)}
    make.update(fifo=lambda: os.mkfifo(path), empty=Path(path).touch)
    make[what]()
    error = result_of(api, "writer", "5B", "--name", name)["error"]
    assert (error["call"], error["object"], error["errno"]) == ("shm_open", name, "EEXIST")
    assert "cannot be used again" in error["message"]
    os.rmdir(path) if what == "folder" else os.unlink(path)


def test_an_out_file_that_a_failed_reader_made_is_removed_and_another_stays(api, where, tmp_path):
    out = tmp_path / "out"
    assert result_of(api, "reader", "--out", out, *where)["error"]["errno"] == "ENOENT"
    assert not out.exists()
    out.write_text("before")
    assert result_of(api, "reader", "--out", out, *where)["error"]["errno"] == "ENOENT"
    assert out.read_text() == ""


@pytest.mark.parametrize("words", [["5B"], ["5B", "--result", "-"], ["--layout", "os"]])
def test_a_full_stdout_is_an_error_of_one_line(name, words):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*program("posix", "writer"), "--name", name, *words], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr.decode()) == (1, "write stdout: ENOSPC (%s)\n" % os.strerror(28))
    run("posix", "cleaner", "--name", name)


def test_a_text_that_finds_no_room_on_stdout_is_an_error_and_its_segment_stays(name):
    words = ["--layout", "os", "--name", name]
    assert run("posix", "writer", *words).returncode == 0
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*program("posix", "reader"), *words], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1] == "write stdout: ENOSPC (%s)" % os.strerror(28)
    assert run("posix", "reader", *words).stdout == b"This is POSIX shared memory IPC.\n"


@pytest.mark.parametrize("api", POSIX)
def test_a_name_beyond_ascii_is_utf_8_in_every_locale(api, name):
    odd = name + "-\u00e9\u4e16"
    for locale in ("C", "C.UTF-8"):
        done = subprocess.run(
            [*program(api, "writer"), "5B", "--name", odd], env={"LC_ALL": locale}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        os.unlink(b"/dev/shm" + odd.encode())


def test_the_programs_run_from_their_own_folder(name):
    assert run("posix", "writer", "5B", "--name", name, cwd=ROOT / "posix").returncode == 0
    assert run("posix", "reader", "--name", name, cwd=ROOT / "posix").returncode == 0
