// SPDX-License-Identifier: Apache-2.0
// Channels skmsg and skmsg-pin: each side has a TCP socket that is connected with itself; a BPF
// program of type SK_MSG takes what is sent on it and puts it into the other side's receive queue,
// past TCP. The two meet over an AF_UNIX stream, whose end tells that the other side has gone.
package io.github.shmbed.channel;

import io.github.shmbed.layout.Descriptor;
import io.github.shmbed.layout.LayoutException;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.FileCalls;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import io.github.shmbed.libc.SocketCalls;
import io.github.shmbed.libc.TcpCalls;
import io.github.shmbed.skmsg.SkmsgCounts;
import io.github.shmbed.skmsg.SkmsgWay;
import java.nio.file.Path;

/** The channels {@code skmsg} (by the manager) and {@code skmsg-pin} (by its pins). */
final class SkmsgChannel implements Channel {
  private static final int CLOSED = -1;
  private static final int MAGIC = 0x314d4b53; // "SKM1"

  // A message: the descriptor (seq 0: none), how many its sender has taken, the sender's role.
  private static final int TAKEN = Descriptor.BYTES;
  private static final int ROLE = TAKEN + Integer.BYTES;
  private static final int MESSAGE_BYTES = ROLE + Integer.BYTES;

  // Over the stream: magic, role, key.
  private static final int HELLO_KEY = 8;
  private static final int HELLO_BYTES = 16;

  /** Descriptors on the way in one direction, at most. */
  private static final int CREDITS = 64;

  /** Taken without having sent anything: say so. */
  private static final int CREDITS_BACK = 32;

  /** After a refused send: time for the other side's end to show. */
  private static final long NOTICE_NS = 1_000_000_000;

  private final ChannelContext context;
  private final boolean pinned;
  private final SocketEnd stream;
  private final NativeBuffer sent = new NativeBuffer(MESSAGE_BYTES);
  private final NativeBuffer received = new NativeBuffer(MESSAGE_BYTES);
  private final NativeBuffer hello = new NativeBuffer(HELLO_BYTES);
  private final NativeBuffer waiting = new NativeBuffer(CREDITS * Descriptor.BYTES);
  private final int ownRole;
  private final int otherRole;
  SkmsgWay way; // tests take a target out with it
  private int socket = CLOSED;
  long key;
  private Poller readable;
  private long sentCount; // messages
  private long receivedCount;
  private int published; // descriptors sent, modulo 2^32
  private int confirmed; // and taken by the other side
  int taken; // descriptors taken, modulo 2^32; tests lie about it
  private int reported; // and said so
  private int mostOnTheWay;
  private int waitingBegin; // descriptors that came while this side waited for credits
  private int waitingEnd;

  SkmsgChannel(ChannelContext context, boolean pinned) {
    this.context = context;
    this.pinned = pinned;
    this.stream = new SocketEnd(context, SocketCalls.SOCK_STREAM);
    this.ownRole = context.writer() ? 'w' : 'r';
    this.otherRole = context.writer() ? 'r' : 'w';
    sent.bytes().putInt(ROLE, ownRole);
  }

  @Override
  public void create() {
    stream.create();
    join();
  }

  @Override
  public void open() {
    stream.open();
    if (way == null) {
      join();
    }
    SocketCalls.receiveTimeout(stream.descriptor(), ChannelContext.SLICE_NS, context.spec());
    step("take", () -> way.take(key)); // before the other side takes this place
    long other = exchangeHellos();
    step("put", () -> way.put(other));
    exchangeHellos();
    step("seek", way::seek);
    // One message without a descriptor each way, then the counters: before anything is measured.
    sendMessage(null);
    takeMessage(context.deadlineNs());
    proof();
  }

  /** A socket that the program runs for: shown by a byte that it must drop. */
  private void join() {
    Path folder = Path.of(context.address()).toAbsolutePath().getParent();
    try {
      way = pinned ? SkmsgWay.byPins(folder) : SkmsgWay.byManager(folder);
    } catch (NativeCallException failed) {
      throw failed.errno() == Errno.ENOENT || failed.errno() == Errno.ECONNREFUSED
          ? new NativeCallException(
              failed.call(),
              failed.object(),
              failed.errno(),
              "no manager there: as root, ./shmbed skmsg up --dir " + folder)
          : failed;
    }
    socket = TcpCalls.selfConnected(context.spec());
    key = TcpCalls.key(socket, context.spec());
    SocketCalls.receiveTimeout(socket, ChannelContext.SLICE_NS, context.spec());
    SocketCalls.sendTimeout(socket, ChannelContext.SLICE_NS, context.spec());
    readable = new Poller(context, FileCalls.POLLIN, socket);
    step("join", () -> way.join(socket, key));
    step("put", () -> way.put(key));
    long n = SocketCalls.send(socket, sent.address(), 1, SocketCalls.MSG_NOSIGNAL);
    if (n >= 0) {
      throw broken("SKMSG_NOT_DROPPED", "the program let pass what it must drop");
    }
    if (n != -Errno.EACCES) {
      throw context.failure("send", (int) -n);
    }
  }

  private void step(String name, Runnable work) {
    try {
      work.run();
    } catch (NativeCallException failed) {
      throw context.broken("skmsg " + name, failed.errno(), failed.remedy());
    }
  }

  /** A step that both sides have done before either goes on. Returns the other side's key. */
  private long exchangeHellos() {
    hello.bytes().putInt(0, MAGIC).putInt(Integer.BYTES, ownRole).putLong(HELLO_KEY, key);
    long n =
        SocketCalls.send(
            stream.descriptor(), hello.address(), HELLO_BYTES, SocketCalls.MSG_NOSIGNAL);
    if (n == -Errno.EPIPE || n == -Errno.ECONNRESET) {
      throw context.closed("send");
    }
    if (n < 0) {
      throw context.failure("send", (int) -n);
    }
    for (int done = 0; done < HELLO_BYTES; done += (int) n) {
      n = SocketCalls.recv(stream.descriptor(), hello.address() + done, HELLO_BYTES - done, 0);
      if (n == 0 || n == -Errno.ECONNRESET) {
        throw context.closed("recv");
      }
      if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
        n = 0;
        if (ChannelContext.passed(context.deadlineNs())) {
          throw context.timeout("recv");
        }
      }
      if (n < 0) {
        throw context.failure("recv", (int) -n);
      }
    }
    if (hello.bytes().getInt(0) != MAGIC || hello.bytes().getInt(Integer.BYTES) != otherRole) {
      throw context.broken("recv", Errno.EBADMSG, "the other side is no peer of this channel");
    }
    return hello.bytes().getLong(HELLO_KEY);
  }

  @Override
  public void send(Descriptor descriptor) {
    while (published - confirmed == CREDITS) {
      takeMessage(context.deadlineNs());
      if (hasDescriptor()) {
        keepWaiting();
      }
    }
    sendMessage(descriptor);
    published++;
    mostOnTheWay = Math.max(mostOnTheWay, published - confirmed);
  }

  private void keepWaiting() {
    if (waitingEnd - waitingBegin == CREDITS) {
      throw broken("SKMSG_CREDITS", "more messages came than credits allow");
    }
    int at = (waitingEnd & CREDITS - 1) * Descriptor.BYTES;
    for (int i = 0; i < Descriptor.BYTES; i += Long.BYTES) {
      waiting.bytes().putLong(at + i, received.bytes().getLong(i));
    }
    waitingEnd++;
  }

  /** Null: a message without a descriptor, which returns credits. */
  private void sendMessage(Descriptor descriptor) {
    if (descriptor == null) {
      sent.bytes().putLong(0, 0); // its seq
    } else {
      descriptor.encode(sent.bytes(), 0);
    }
    sent.bytes().putInt(TAKEN, taken);
    long n;
    while (true) {
      n = SocketCalls.send(socket, sent.address(), MESSAGE_BYTES, SocketCalls.MSG_NOSIGNAL);
      if (n >= 0) {
        break;
      }
      if (n == -Errno.EACCES) {
        throw refused();
      }
      if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
        throw context.failure("send", (int) -n);
      }
      if (ChannelContext.passed(context.deadlineNs())) {
        throw context.timeout("send");
      }
    }
    if (n != MESSAGE_BYTES) { // the program takes a message whole
      throw bypassed();
    }
    sentCount++;
    reported = taken;
  }

  /** The program has dropped a message: its target is not there any more. */
  private RuntimeException refused() {
    try {
      new Poller(context, FileCalls.POLLIN, stream.descriptor())
          .await(System.nanoTime() + NOTICE_NS);
    } catch (NativeCallException nothingShows) {
      return way.isAlive()
          ? broken("SKMSG_DROPPED", "the program dropped a message: its target is not in the map")
          : managerGone();
    }
    return context.closed("send");
  }

  private boolean isGone() {
    int flags = SocketCalls.MSG_PEEK | SocketCalls.MSG_DONTWAIT;
    long n = SocketCalls.recv(stream.descriptor(), hello.address(), 1, flags);
    return n == 0 || n == -Errno.ECONNRESET;
  }

  @Override
  public void receive(Descriptor into, long deadlineNs) {
    if (waitingBegin != waitingEnd) {
      into.decode(waiting.bytes(), (waitingBegin++ & CREDITS - 1) * Descriptor.BYTES);
    } else {
      do {
        takeMessage(deadlineNs);
      } while (!hasDescriptor());
      into.decode(received.bytes(), 0);
    }
    taken++;
    if (taken - reported >= CREDITS_BACK && !isGone()) {
      sendMessage(null);
    }
  }

  @Override
  public boolean receiveNow(Descriptor into) {
    while (waitingBegin == waitingEnd) {
      if (!readable.hasEvent()) {
        return false;
      }
      takeMessage(context.deadlineNs());
      if (hasDescriptor()) {
        keepWaiting();
      }
    }
    receive(into, context.deadlineNs());
    return true;
  }

  private boolean hasDescriptor() {
    return received.bytes().getLong(0) != 0;
  }

  /** The next message, whatever it is. Messages may come together, and in parts. */
  private void takeMessage(long deadlineNs) {
    long done = 0;
    boolean lastLook = false;
    while (done < MESSAGE_BYTES) {
      int flags = lastLook ? SocketCalls.MSG_DONTWAIT : 0;
      long n = SocketCalls.recv(socket, received.address() + done, MESSAGE_BYTES - done, flags);
      if (n > 0) {
        done += n;
      } else if (n == 0 || (n == -Errno.EAGAIN && lastLook)) {
        throw context.closed("recv");
      } else if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
        throw context.failure("recv", (int) -n);
      } else {
        lastLook = isGone(); // what came before is still taken
        if (!lastLook && !way.isAlive()) {
          throw managerGone();
        }
        if (!lastLook && ChannelContext.passed(deadlineNs)) {
          throw context.timeout("recv");
        }
      }
    }
    receivedCount++;
    if (received.bytes().getInt(ROLE) != otherRole) {
      throw bypassed();
    }
    int said = received.bytes().getInt(TAKEN);
    if (Integer.compareUnsigned(said - confirmed, published - confirmed) > 0) {
      throw broken("SKMSG_CREDITS", "the other side's count of messages does not fit");
    }
    confirmed = said;
  }

  /** One drop, and everything else was redirected and nothing went through TCP. */
  @Override
  public Proof proof() {
    SkmsgCounts[] counts = new SkmsgCounts[1];
    step("count", () -> counts[0] = way.count());
    Proof proof =
        new Proof(
            sentCount,
            receivedCount,
            counts[0].runs(),
            counts[0].redirected(),
            counts[0].dropped(),
            TcpCalls.dataSegmentsOut(socket, context.spec()),
            mostOnTheWay);
    if (proof.runs() != sentCount + 1
        || proof.redirected() != sentCount
        || proof.dropped() != 1
        || proof.tcpSegmentsOut() != 0) {
      throw bypassed();
    }
    return proof;
  }

  private LayoutException bypassed() {
    return broken(
        "SKMSG_BYPASSED",
        "messages did not take the way through the program: was the manager ended?");
  }

  private LayoutException managerGone() {
    return broken(
        "SKMSG_MANAGER_GONE",
        "the manager was ended, and with it the way between the two: ./shmbed skmsg up");
  }

  private LayoutException broken(String rule, String what) {
    return new LayoutException("skmsg", context.spec(), Errno.EPROTO, rule, what);
  }

  @Override
  public void unlink() {
    stream.unlink();
  }

  @Override
  public void close() {
    if (way != null) {
      way.close();
      way = null;
    }
    if (socket != CLOSED) {
      PosixCalls.close(socket);
      socket = CLOSED;
    }
    stream.close();
  }
}
