// SPDX-License-Identifier: Apache-2.0
package io.github.shmbed.cases;

import io.github.shmbed.kernel.KeyRange;
import io.github.shmbed.kernel.Run;
import java.util.Arrays;
import java.util.Optional;

/** The channels of peers/CONTRACT.md section 8, and what each of them wants for an address. */
public enum ChannelKind {
  UNIX("unix", Address.PATH, "a UNIX stream socket"),
  UNIX_WHOLE("unix-whole", Address.PATH, "a UNIX stream socket that carries the payload"),
  UNIX_SEQPACKET("unix-seqpacket", Address.PATH, "a UNIX packet socket"),
  FIFO("fifo", Address.PATH, "two FIFOs"),
  POSIX_MQ("posix-mq", Address.POSIX_NAME, "two POSIX message queues"),
  POSIX_SEM("posix-sem", Address.POSIX_NAME, "two POSIX semaphores and lanes in the segment"),
  SYSV_MSG("sysv-msg", Address.SYSV_KEY, "a System V message queue"),
  FUTEX("futex", Address.NONE, "futexes in lanes in the segment"),
  EVENTFD("eventfd", Address.PATH, "two eventfds and lanes in the segment"),
  SKMSG("skmsg", Address.PATH, "TCP sockets and an SK_MSG program, by its manager"),
  SKMSG_PIN("skmsg-pin", Address.PATH, "TCP sockets and an SK_MSG program, by its pins"),
  SPIN("spin", Address.NONE, "lanes in the segment that are looked at without a pause"),
  RTERING("rtering", Address.NONE, "two rings of DPDK in the segment");

  /** Where a channel's objects are. */
  public enum Address {
    /** Files in the run's directory. */
    PATH,
    /** A name that starts with a slash. */
    POSIX_NAME,
    /** A System V key. */
    SYSV_KEY,
    /** In the segment. */
    NONE
  }

  private final String id;
  private final Address address;
  private final String title;

  ChannelKind(String id, Address address, String title) {
    this.id = id;
    this.address = address;
    this.title = title;
  }

  /** As in peers.json and in {@code --channel}. */
  public String id() {
    return id;
  }

  /** What announces a message, in a few words. */
  public String title() {
    return title;
  }

  /** Whether the payload goes over it, and not through the segment. */
  public boolean carriesPayload() {
    return this == UNIX_WHOLE;
  }

  /** Whether who waits never sleeps, so that both sides want a CPU each. */
  public boolean spins() {
    return this == SPIN || this == RTERING;
  }

  /**
   * The value of {@code --channel}: everything in it carries the run's id or lies in its range.
   *
   * @param number of the run, which no other channel has
   */
  public String spec(Run run, int number) {
    return switch (address) {
      case PATH -> id + ":" + run.channels().resolve("channel-" + number);
      case POSIX_NAME -> id + ":" + run.id().posixName(number);
      case SYSV_KEY -> id + ":" + KeyRange.text(run.keys().key(number));
      case NONE -> id;
    };
  }

  /**
   * What it needs beyond the kernel and the C library, as a peer's result names it in {@code lacks}
   * where the machine has it not.
   */
  public Optional<String> mayLack() {
    return this == RTERING ? Optional.of("DPDK") : Optional.empty();
  }

  /** Whether a manager of skmsg must be up in the folder of its address. */
  public boolean isSkmsg() {
    return this == SKMSG || this == SKMSG_PIN;
  }

  /** Whether it works in containers as they are: a peer in one has no bpf(2). */
  public boolean worksInContainers() {
    return this != SKMSG_PIN;
  }

  /** The channel of this id. */
  public static Optional<ChannelKind> find(String id) {
    return Arrays.stream(values()).filter(kind -> kind.id.equals(id)).findFirst();
  }
}
