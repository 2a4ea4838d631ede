# SPDX-License-Identifier: Apache-2.0
"""Channel `skmsg:PATH`: TCP sockets that are connected with themselves, and a BPF program of type SK_MSG between them.

The program takes what is sent on one side's socket and puts it into the other's receive queue, past TCP. The sides meet over
an AF_UNIX stream at PATH, whose end says that the other side went away. A manager (`./shmbed skmsg up`) in PATH's folder puts
the sockets into the program's map: see the contract's section 8.
"""

import array
import contextlib
import errno
import os
import random
import select
import socket
import struct

from ..descriptor import SIZE
from ..errors import PeerError
from ..latency import now_ns
from . import unix

MAGIC = 0x314D4B53  # "SKM1"
KEY = struct.Struct("=4sI")  # a socket's own end: the address in network order, the port
REQUEST = struct.Struct("=II4sI")  # magic, operation, key
REPLY = struct.Struct("=IiQQQII")  # magic, errno, runs, redirected, dropped, sockets, pinned
HELLO = struct.Struct("=II4sI")  # magic, role, key
JOIN, PUT, TAKE, SEEK, COUNT = 1, 2, 3, 4, 5

TRAILER = struct.Struct("=II")  # after the descriptor: descriptors taken, role
MESSAGE_SIZE = SIZE + TRAILER.size
NO_DESCRIPTOR = bytes(SIZE)  # its seq is 0
CREDITS = 64  # descriptors on the way in one direction, at most
CREDITS_BACK = 32  # taken without having sent anything: say so
MODULO = 1 << 32

MANAGER_PATIENCE_NS = 5 * 10**9  # it answers at once, but it may be stopped
NOTICE_NS = 10**9  # after a refused send: time for the other side's end to show
TCP_DATA_SEGMENTS_OUT = 156  # offset in struct tcp_info
TCP_INFO_SIZE = 232

RULES = {
    "SKMSG_NOT_DROPPED": "the program let pass what it must drop: it does not run for this socket",
    "SKMSG_BYPASSED": "messages did not take the way through the program: was the manager ended?",
    "SKMSG_DROPPED": "the program dropped a message: its target is not in the map any more",
    "SKMSG_MANAGER_GONE": "the manager was ended, and with it the way between the two: ./shmbed skmsg up",
    "SKMSG_CREDITS": "the other side's count of messages on the way does not fit",
}


class ManagerWay:
    """The way into the maps by the manager: it gets the socket and does all calls of bpf(2).

    Each method raises OSError.
    """

    def __init__(self, folder, deadline_ns):
        self.object = os.path.join(folder, "manager")
        self._deadline_ns = deadline_ns
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._limit_waits()
            self._manager.connect(self.object)
        except BlockingIOError:
            self._manager.close()
            raise OSError(errno.ETIMEDOUT, "the manager takes no more connections") from None
        except OSError:
            self._manager.close()
            raise

    def _limit_waits(self):
        left_us = min(MANAGER_PATIENCE_NS, max(0, self._deadline_ns - now_ns())) // 1000 + 1  # 0 would mean: no limit
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._manager.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", *divmod(left_us, 1000000)))

    def join(self, sender, key):
        """Begins to count for a socket."""
        self._key = key
        self._ask(JOIN, key, [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [sender.fileno()]))])

    def put(self, key):
        """Makes the joined socket the target of that key's messages."""
        self._ask(PUT, key)

    def take(self, key):
        """And no longer."""
        self._ask(TAKE, key)

    def seek(self):
        """Raises ENOENT unless the joined socket has a target."""
        self._ask(SEEK, self._key)

    def count(self):
        """What was counted for the joined socket: (runs, redirected, dropped)."""
        return self._ask(COUNT, self._key)

    def is_alive(self):
        """False: the manager has gone, and with it what it had put into the maps."""
        return not _is_ended(self._manager)

    def close(self, _other):
        """Leaves: the manager takes out what it had put in."""
        self._manager.close()

    def _ask(self, operation, key, rights=()):
        self._limit_waits()
        try:
            self._manager.sendmsg([REQUEST.pack(MAGIC, operation, *key)], rights)
            reply = self._manager.recv(REPLY.size)
        except BlockingIOError:
            raise OSError(errno.ETIMEDOUT, "the manager does not answer") from None
        if not reply:
            raise BrokenPipeError(errno.EPIPE, "the manager has gone")
        magic, number, runs, redirected, dropped, _, _ = REPLY.unpack(reply)
        if magic != MAGIC:
            raise OSError(errno.EBADMSG, "not a manager")
        if number:
            raise OSError(number, os.strerror(number))
        return runs, redirected, dropped


def _is_ended(connection):
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


class Channel(unix.Channel):
    """See ChannelBase."""

    WAY = ManagerWay

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._way = self._sender = None
        self._put = None  # the key whose messages this side gets
        self._own_role, self._other_role = (ord("w"), ord("r")) if self.is_writer else (ord("r"), ord("w"))
        self._sent_count = self._received_count = 0  # messages
        self._published = self._confirmed = 0  # descriptors sent, and taken by the other side
        self._taken = self._reported = 0  # descriptors taken, and said so
        self._most_on_the_way = 0
        self._waiting = []  # descriptors that came while this side waited for credits
        self._outgoing = bytearray(MESSAGE_SIZE)
        self._incoming = bytearray(MESSAGE_SIZE)
        self._arrived = select.poll()

    def open(self):
        super().open()
        self._join()
        if not self.is_writer:
            self._meet()

    def accept(self):
        super().accept()
        self._meet()

    def _join(self):
        """A socket that the program runs for: shown by a byte that it must drop."""
        folder = os.path.dirname(self.address) or "."
        try:
            self._way = self.WAY(folder, self.deadline_ns)
        except OSError as failure:
            raise self._no_way(folder, failure) from failure
        self._sender = self._self_connected()
        self._step("join", self._sender, self._put)
        self._step("put", self._put)
        try:
            self._sender.send(b"x")
        except PermissionError:
            return  # EACCES: dropped
        except OSError as failure:
            raise self.failed("send", failure) from failure
        raise self._broken("SKMSG_NOT_DROPPED")

    def _no_way(self, folder, failure):
        if failure.errno == errno.ETIMEDOUT:
            return self.failed("connect", failure)
        problem = None
        if failure.errno in (errno.ENOENT, errno.ECONNREFUSED):
            problem = "no manager there: as root, ./shmbed skmsg up --dir " + folder
        call = "connect" if self.WAY is ManagerWay else "bpf OBJ_GET"
        return PeerError(call, os.path.join(folder, "manager"), failure.errno, problem)

    def _self_connected(self):
        """Ports are unique in one network namespace only, and peers come from several: so the address is random."""
        bits = random.SystemRandom()
        address = "127.%d.%d.%d" % (bits.randrange(256), bits.randrange(256), bits.randrange(1, 255))
        sender = self._new_socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            sender.bind((address, 0))
            sender.connect(sender.getsockname())
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                sender.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", 0, unix.WAKE_US))
        except OSError as failure:
            sender.close()
            raise self.failed("connect", failure) from failure
        self._put = (socket.inet_aton(address), sender.getsockname()[1])
        self._arrived.register(sender, select.POLLIN)
        return sender

    def _step(self, name, *arguments):
        try:
            return getattr(self._way, name)(*arguments)
        except OSError as failure:
            raise self.failed("skmsg " + name, failure) from failure

    def _meet(self):
        hello = HELLO.pack(MAGIC, self._own_role, *self._put)
        self._step("take", self._put)  # before the other side takes this place
        self._put = self._exchange(hello)
        self._step("put", self._put)
        self._exchange(hello)
        self._step("seek")
        self._send_message(NO_DESCRIPTOR)  # one message each way, then the counters: before anything is measured
        self._take_message()
        self.proof()

    def _exchange(self, hello):
        """A step that both sides have done before either goes on. Returns the other side's key."""
        other = bytearray(HELLO.size)
        super().send(hello)
        got = 0
        while got < HELLO.size:
            got += self._receive_into(memoryview(other)[got:])
        magic, role, *key = HELLO.unpack(other)
        if (magic, role) != (MAGIC, self._other_role):
            raise PeerError("recv", self.spec, errno.EBADMSG, "the other side is no peer of this channel")
        return tuple(key)

    def send(self, descriptor):
        while (self._published - self._confirmed) % MODULO == CREDITS:
            self._take_message()
            if self._has_descriptor():
                self._waiting.append(bytes(self._incoming[:SIZE]))
        self._send_message(descriptor)
        self._published += 1
        self._most_on_the_way = max(self._most_on_the_way, (self._published - self._confirmed) % MODULO)

    def _send_message(self, descriptor):
        self._outgoing[:SIZE] = descriptor
        TRAILER.pack_into(self._outgoing, SIZE, self._taken % MODULO, self._own_role)
        while True:
            try:
                sent = self._sender.send(self._outgoing)
                break
            except BlockingIOError:
                if not self.left_ns():
                    raise self.timed_out("send", "notify") from None
            except PermissionError:  # EACCES: dropped, since its target is not there any more
                raise self._refused() from None
            except OSError as failure:
                raise self.failed("send", failure) from failure
        if sent != MESSAGE_SIZE:  # the program takes a message whole
            raise self._broken("SKMSG_BYPASSED")
        self._sent_count += 1
        self._reported = self._taken

    def _refused(self):
        self._readable.poll(min(NOTICE_NS, self.left_ns()) / 1e6)
        if _is_ended(self._socket):
            return self.peer_closed("send")
        return self._broken("SKMSG_DROPPED" if self._way.is_alive() else "SKMSG_MANAGER_GONE")

    def receive(self, descriptor):
        if self._waiting:
            descriptor[:] = self._waiting.pop(0)
        else:
            self._take_message()
            while not self._has_descriptor():
                self._take_message()
            descriptor[:] = self._incoming[:SIZE]
        self._taken += 1
        if self._taken - self._reported >= CREDITS_BACK and not _is_ended(self._socket):
            self._send_message(NO_DESCRIPTOR)

    def arrived(self):
        return bool(self._waiting or self._arrived.poll(0))

    def _has_descriptor(self):
        return any(self._incoming[:8])  # its seq

    def _take_message(self):
        """The next message, whatever it is. Messages may come together, and in parts."""
        got = self._take_some(self._incoming)
        while got < MESSAGE_SIZE:
            got += self._take_some(memoryview(self._incoming)[got:])
        self._received_count += 1
        taken, role = TRAILER.unpack_from(self._incoming, SIZE)
        if role != self._other_role:
            raise self._broken("SKMSG_BYPASSED")
        if (taken - self._confirmed) % MODULO > (self._published - self._confirmed) % MODULO:
            raise self._broken("SKMSG_CREDITS")
        self._confirmed = taken

    def _take_some(self, buffer):
        flags = 0
        while True:
            try:
                got = self._sender.recv_into(buffer, 0, flags)
            except BlockingIOError:
                if flags:
                    raise self.peer_closed("recv") from None
                if _is_ended(self._socket):
                    flags = socket.MSG_DONTWAIT  # what came before is still taken
                elif not self._way.is_alive():
                    raise self._broken("SKMSG_MANAGER_GONE") from None
                elif not self.left_ns():
                    raise self.timed_out("recv") from None
                continue
            except OSError as failure:
                raise self.failed("recv", failure) from failure
            if got == 0:
                raise self.peer_closed("recv")
            return got

    def proof(self):
        """One drop, and everything else was redirected and nothing went through TCP."""
        runs, redirected, dropped = self._step("count")
        info = self._sender.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_SIZE)
        (segments,) = struct.unpack_from("=I", info, TCP_DATA_SEGMENTS_OUT)
        if (runs, redirected, dropped, segments) != (self._sent_count + 1, self._sent_count, 1, 0):
            raise self._broken("SKMSG_BYPASSED")
        return {
            "sent": self._sent_count,
            "received": self._received_count,
            "runs": runs,
            "redirected": redirected,
            "dropped": dropped,
            "tcpSegmentsOut": segments,
            "mostOnTheWay": self._most_on_the_way,
        }

    def _broken(self, rule):
        return PeerError("skmsg", self.spec, errno.EPROTO, "%s: %s" % (rule, RULES[rule]), rule=rule)

    def close(self):
        if self._way is not None:
            with contextlib.suppress(OSError):  # ENOENT: not there, or not any more
                self._way.close(self._put)
            self._way = None
        if self._sender is not None:
            self._sender.close()
            self._sender = None
        super().close()
