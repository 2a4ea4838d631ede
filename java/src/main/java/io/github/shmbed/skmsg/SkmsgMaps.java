// SPDX-License-Identifier: Apache-2.0
// The two maps of the channel skmsg, and the program that is attached to one of them.
package io.github.shmbed.skmsg;

import io.github.shmbed.libc.BpfCalls;
import io.github.shmbed.libc.Errno;
import io.github.shmbed.libc.NativeBuffer;
import io.github.shmbed.libc.NativeCallException;
import io.github.shmbed.libc.PosixCalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code targets}: a sender's key to the socket that gets its messages; {@code counts}: a sender's
 * key to what was counted for it. A key is a socket's own end, see {@link
 * io.github.shmbed.libc.TcpCalls}. Methods that return an int return 0 or {@code -errno}.
 */
final class SkmsgMaps implements AutoCloseable {
  static final int SOCKETS_MAX = 1024;

  /** Names of the pins. */
  static final List<String> PINS = List.of("targets", "counts", "program");

  private static final int COUNTS_BYTES = 3 * Long.BYTES;
  private static final int NONE = -1;

  private final int targets;
  private final int counts;
  private final int program;
  private final NativeBuffer keyBuffer = new NativeBuffer(Long.BYTES);
  private final NativeBuffer nextBuffer = new NativeBuffer(Long.BYTES);
  private final NativeBuffer socketBuffer = new NativeBuffer(Long.BYTES);
  private final NativeBuffer countsBuffer = new NativeBuffer(COUNTS_BYTES);
  private boolean closed;

  private SkmsgMaps(int targets, int counts, int program) {
    this.targets = targets;
    this.counts = counts;
    this.program = program;
  }

  /**
   * Makes both maps, loads the program and attaches it.
   *
   * @throws SkmsgUnsupported without CAP_BPF and CAP_NET_ADMIN, or where the kernel cannot
   */
  static SkmsgMaps create() throws SkmsgUnsupported {
    String name = nameOf(ProcessHandle.current().pid());
    List<Integer> made = new ArrayList<>();
    try {
      int targets =
          BpfCalls.createMap(BpfCalls.MAP_TYPE_SOCKHASH, Long.BYTES, Long.BYTES, SOCKETS_MAX, name);
      made.add(targets);
      int counts =
          BpfCalls.createMap(BpfCalls.MAP_TYPE_HASH, Long.BYTES, COUNTS_BYTES, SOCKETS_MAX, name);
      made.add(counts);
      int program = BpfCalls.loadProgram(SkmsgProgram.of(targets, counts), name);
      made.add(program);
      BpfCalls.attach(targets, program, name);
      return new SkmsgMaps(targets, counts, program);
    } catch (NativeCallException failed) {
      made.forEach(PosixCalls::close);
      throw refused(failed);
    }
  }

  private static SkmsgUnsupported refused(NativeCallException failed) {
    String remedy;
    switch (failed.errno()) {
      case Errno.EPERM:
      case Errno.EACCES:
        remedy =
            "needs CAP_BPF and CAP_NET_ADMIN (before Linux 5.8 CAP_SYS_ADMIN), and a seccomp filter"
                + " that lets bpf(2) through: run as root";
        break;
      case Errno.ENOSYS:
      case Errno.EINVAL:
      case Errno.EOPNOTSUPP:
        remedy =
            "this kernel cannot: it wants Linux 5.8 or later with CONFIG_BPF_SYSCALL, CONFIG_INET"
                + " and CONFIG_NET_SOCK_MSG";
        break;
      default:
        throw failed;
    }
    return new SkmsgUnsupported(
        failed.call() + " skmsg: " + failed.errnoName() + " (" + remedy + ")", failed);
  }

  /** Of the maps and the program of a manager that is this process. */
  static String nameOf(long pid) {
    return "skmsg_" + pid;
  }

  /** Opens both maps by their pins; needs no capability, but access to the pins. */
  static SkmsgMaps open(Path folder) {
    int targets = BpfCalls.open(folder.resolve(PINS.get(0)).toString());
    try {
      return new SkmsgMaps(targets, BpfCalls.open(folder.resolve(PINS.get(1)).toString()), NONE);
    } catch (NativeCallException failed) {
      PosixCalls.close(targets);
      throw failed;
    }
  }

  /** Pins maps and program. */
  void pin(Path folder) {
    int[] descriptors = {targets, counts, program};
    for (int i = 0; i < descriptors.length; i++) {
      BpfCalls.pin(descriptors[i], folder.resolve(PINS.get(i)).toString());
    }
  }

  /** Makes a socket the target of a key's messages; {@code -EEXIST} where they have one. */
  int putTarget(long key, int socket) {
    socketBuffer.bytes().putLong(0, socket);
    return BpfCalls.put(targets, key(key), socketBuffer);
  }

  /** Whether a key has a target: else {@code -ENOENT}. */
  int findTarget(long key) {
    return BpfCalls.find(targets, key(key), socketBuffer);
  }

  int takeTarget(long key) {
    return BpfCalls.take(targets, key(key));
  }

  /** Begins to count for a key; {@code -EEXIST} where that is so; {@code -E2BIG}: no room. */
  int putCounts(long key) {
    for (int at = 0; at < COUNTS_BYTES; at += Long.BYTES) {
      countsBuffer.bytes().putLong(at, 0);
    }
    return BpfCalls.put(counts, key(key), countsBuffer);
  }

  /** What was counted for a key; null where nothing is. */
  SkmsgCounts counts(long key) {
    if (BpfCalls.find(counts, key(key), countsBuffer) != 0) {
      return null;
    }
    return new SkmsgCounts(
        countsBuffer.bytes().getLong(0),
        countsBuffer.bytes().getLong(Long.BYTES),
        countsBuffer.bytes().getLong(2 * Long.BYTES));
  }

  int takeCounts(long key) {
    return BpfCalls.take(counts, key(key));
  }

  /** All keys that are counted for. */
  List<Long> keys() {
    List<Long> keys = new ArrayList<>();
    NativeBuffer last = null;
    while (keys.size() < SOCKETS_MAX && BpfCalls.next(counts, last, nextBuffer) == 0) {
      long key = nextBuffer.bytes().getLong(0);
      keys.add(key);
      last = key(key);
    }
    return keys;
  }

  private NativeBuffer key(long key) {
    keyBuffer.bytes().putLong(0, key);
    return keyBuffer;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      PosixCalls.close(targets);
      PosixCalls.close(counts);
      if (program != NONE) {
        PosixCalls.close(program);
      }
    }
  }
}
