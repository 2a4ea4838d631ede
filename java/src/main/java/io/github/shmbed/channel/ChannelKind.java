// SPDX-License-Identifier: Apache-2.0
// The list of channels: their names, whether they need lanes, what their addresses must look like.
package io.github.shmbed.channel;

import io.github.shmbed.libc.SocketCalls;
import io.github.shmbed.segment.PosixName;
import java.nio.charset.StandardCharsets;

/** The channels of peers/CONTRACT.md, section 8. */
public enum ChannelKind {
  UNIX("unix", false),
  UNIX_WHOLE("unix-whole", false),
  UNIX_SEQPACKET("unix-seqpacket", false),
  FIFO("fifo", false),
  POSIX_MQ("posix-mq", false),
  POSIX_SEM("posix-sem", true),
  SYSV_MSG("sysv-msg", false),
  FUTEX("futex", true),
  EVENTFD("eventfd", true),
  SKMSG("skmsg", false),
  SKMSG_PIN("skmsg-pin", false),
  SPIN("spin", true),
  RTERING("rtering", false);

  private static final int FIFO_PATH_BYTES_MAX = 4093; // PATH_MAX less ".r" and the NUL

  private final String word;
  private final boolean lanes;

  ChannelKind(String word, boolean lanes) {
    this.word = word;
    this.lanes = lanes;
  }

  /** The name in a SPEC. */
  public String word() {
    return word;
  }

  /**
   * Bytes of the channel block that a checked SPEC of this kind needs in the segment, 0 for none.
   */
  public long blockBytes(String spec) {
    if (this == RTERING) {
      return RingWords.parse(address(spec)).blockBytes();
    }
    return lanes ? 2L * Lane.BYTES : 0;
  }

  /** Whether it is a {@link PayloadChannel}: the payload does not go through the segment. */
  public boolean carriesPayload() {
    return this == UNIX_WHOLE;
  }

  /**
   * The channel of a SPEC, {@code NAME} or {@code NAME:ADDRESS}; null if there is none of that
   * name.
   */
  public static ChannelKind of(String spec) {
    int colon = spec.indexOf(':');
    String name = colon < 0 ? spec : spec.substring(0, colon);
    for (ChannelKind kind : values()) {
      if (kind.word.equals(name)) {
        return kind;
      }
    }
    return null;
  }

  /** What follows a SPEC's colon; empty if there is none. */
  public static String address(String spec) {
    return spec.substring(spec.indexOf(':') < 0 ? spec.length() : spec.indexOf(':') + 1);
  }

  /** What is wrong with a SPEC of this kind, null if nothing is. */
  public String check(String spec) {
    String address = address(spec);
    switch (this) {
      case UNIX:
      case UNIX_WHOLE:
      case UNIX_SEQPACKET:
      case EVENTFD:
      case SKMSG:
      case SKMSG_PIN:
        return SocketEnd.checkPath(address);
      case FIFO:
        return checkFifo(address);
      case POSIX_MQ:
        return checkName(address, "", "the queues' name");
      case POSIX_SEM:
        return checkName(address, "sem.", "the semaphores' name");
      case RTERING:
        return RingWords.check(address);
      case SYSV_MSG:
        return key(address) == 0 ? "the queue's key is a number from 1 to 0xffffffff" : null;
      default:
        return spec.indexOf(':') >= 0 ? word + " takes no address" : null;
    }
  }

  /** One side of a channel of this kind, not open yet. */
  public Channel channel(ChannelContext context) {
    switch (this) {
      case UNIX:
        return new UnixChannel(context, SocketCalls.SOCK_STREAM);
      case UNIX_WHOLE:
        return new UnixWholeChannel(context);
      case UNIX_SEQPACKET:
        return new UnixChannel(context, SocketCalls.SOCK_SEQPACKET);
      case FIFO:
        return new FifoChannel(context);
      case POSIX_MQ:
        return new PosixMqChannel(context);
      case POSIX_SEM:
        return new PosixSemChannel(context);
      case SYSV_MSG:
        return new SysvMsgChannel(context, key(context.address()));
      case FUTEX:
        return new FutexChannel(context);
      case EVENTFD:
        return new EventfdChannel(context);
      case RTERING:
        return new RteRingChannel(context);
      case SKMSG:
        return new SkmsgChannel(context, false);
      case SKMSG_PIN:
        return new SkmsgChannel(context, true);
      default:
        return new SpinChannel(context);
    }
  }

  private static String checkFifo(String path) {
    if (path.isEmpty()) {
      return "the path of the FIFOs is missing";
    }
    boolean tooLong = path.getBytes(StandardCharsets.UTF_8).length > FIFO_PATH_BYTES_MAX;
    return tooLong ? "the path is too long" : null;
  }

  /** The names are the address with .r and .w after it, and a prefix that the C library may add. */
  private static String checkName(String address, String prefix, String what) {
    if (!address.startsWith("/")) {
      return what + " wants a leading slash";
    }
    try {
      PosixName.normalise("/" + prefix + address.substring(1) + ".r");
      PosixName.normalise(address);
      return null;
    } catch (IllegalArgumentException wrong) {
      return what + ": " + wrong.getMessage();
    }
  }

  /** A decimal or 0x number, 0 if it is none. */
  private static int key(String text) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    if (digits.isEmpty() || !Character.isLetterOrDigit(digits.charAt(0))) {
      return 0; // parseLong would take a sign
    }
    try {
      long key = Long.parseLong(digits, hex ? 16 : 10);
      return key >= 1 && key <= 0xffffffffL ? (int) key : 0;
    } catch (NumberFormatException wrong) {
      return 0;
    }
  }
}
