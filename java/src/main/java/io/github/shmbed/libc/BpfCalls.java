// SPDX-License-Identifier: Apache-2.0
// bpf(2), which has no function in the C library: maps, one kind of program, pins.
package io.github.shmbed.libc;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The commands of bpf(2) that the channel skmsg needs. Numbers and attributes are those of
 * linux/bpf.h. All throw {@link NativeCallException} with a call such as {@code bpf MAP_CREATE}.
 */
public final class BpfCalls {
  public static final int MAP_TYPE_HASH = 1;
  public static final int MAP_TYPE_SOCKHASH = 18;
  public static final int PROG_TYPE_SK_MSG = 16;
  public static final int SK_MSG_VERDICT = 7;

  private static final long SYS_BPF = Binding.isArm64() ? 280 : 321;
  private static final int ATTRIBUTE_BYTES = 72;
  private static final int NAME_BYTES = 16;
  private static final long NOEXIST = 1;

  private BpfCalls() {}

  private static final class Natives {
    static {
      Binding.toLibc(Natives.class);
    }

    static native long syscall(long number, long command, long attributes, long bytes);
  }

  private enum Command {
    MAP_CREATE,
    MAP_LOOKUP_ELEM,
    MAP_UPDATE_ELEM,
    MAP_DELETE_ELEM,
    MAP_GET_NEXT_KEY,
    PROG_LOAD,
    OBJ_PIN,
    OBJ_GET,
    PROG_ATTACH,
    PROG_DETACH,
    PROG_TEST_RUN,
    PROG_GET_NEXT_ID,
    MAP_GET_NEXT_ID,
    PROG_GET_FD_BY_ID,
    MAP_GET_FD_BY_ID,
    OBJ_GET_INFO_BY_FD
  }

  /** Makes a map; returns its descriptor, close-on-exec. */
  public static int createMap(int type, int keyBytes, int valueBytes, int entries, String name) {
    NativeBuffer attributes = new NativeBuffer(ATTRIBUTE_BYTES);
    ByteBuffer bytes = attributes.bytes();
    bytes.putInt(0, type).putInt(4, keyBytes).putInt(8, valueBytes).putInt(12, entries);
    putName(bytes, 28, name);
    return check(Command.MAP_CREATE, name, attributes);
  }

  /**
   * Loads a program of type SK_MSG.
   *
   * @param instructions of 8 bytes each
   */
  public static int loadProgram(NativeBuffer instructions, String name) {
    NativeBuffer licence = text("GPL");
    NativeBuffer attributes = new NativeBuffer(ATTRIBUTE_BYTES);
    ByteBuffer bytes = attributes.bytes();
    bytes.putInt(0, PROG_TYPE_SK_MSG).putInt(4, instructions.bytes().capacity() / Long.BYTES);
    bytes.putLong(8, instructions.address()).putLong(16, licence.address());
    putName(bytes, 48, name);
    bytes.putInt(68, SK_MSG_VERDICT);
    int program = check(Command.PROG_LOAD, name, attributes);
    java.lang.ref.Reference.reachabilityFence(licence);
    java.lang.ref.Reference.reachabilityFence(instructions);
    return program;
  }

  /** Attaches a program to a map of sockets: it runs for sockets that are put in from now on. */
  public static void attach(int map, int program, String name) {
    NativeBuffer attributes = new NativeBuffer(ATTRIBUTE_BYTES);
    attributes.bytes().putInt(0, map).putInt(4, program).putInt(8, SK_MSG_VERDICT);
    check(Command.PROG_ATTACH, name, attributes);
  }

  /** Gives a map or a program a name in a BPF file system. */
  public static void pin(int fd, String path) {
    NativeBuffer name = text(path);
    NativeBuffer attributes = new NativeBuffer(ATTRIBUTE_BYTES);
    attributes.bytes().putLong(0, name.address()).putInt(8, fd);
    check(Command.OBJ_PIN, path, attributes);
    java.lang.ref.Reference.reachabilityFence(name);
  }

  /** Opens what has such a name. Needs no capability, but access to the name. */
  public static int open(String path) {
    NativeBuffer name = text(path);
    NativeBuffer attributes = new NativeBuffer(ATTRIBUTE_BYTES);
    attributes.bytes().putLong(0, name.address());
    int fd = check(Command.OBJ_GET, path, attributes);
    java.lang.ref.Reference.reachabilityFence(name);
    return fd;
  }

  /** Stores a value where there is none: 0, or {@code -EEXIST} and the like. */
  public static int put(int map, NativeBuffer key, NativeBuffer value) {
    return element(Command.MAP_UPDATE_ELEM, map, key, value, NOEXIST);
  }

  /** Copies a value out: 0, or {@code -ENOENT} and the like. */
  public static int find(int map, NativeBuffer key, NativeBuffer value) {
    return element(Command.MAP_LOOKUP_ELEM, map, key, value, 0);
  }

  /** Removes a value: 0, or {@code -ENOENT} and the like. */
  public static int take(int map, NativeBuffer key) {
    return element(Command.MAP_DELETE_ELEM, map, key, null, 0);
  }

  /** The key after another, the first one after null: 0, or {@code -ENOENT}. */
  public static int next(int map, NativeBuffer key, NativeBuffer next) {
    return element(Command.MAP_GET_NEXT_KEY, map, key, next, 0);
  }

  /** Ids of all programs of this machine; needs CAP_SYS_ADMIN. */
  public static int nextProgramId(int id) {
    return nextId(Command.PROG_GET_NEXT_ID, id);
  }

  /** Ids of all maps of this machine; needs CAP_SYS_ADMIN. */
  public static int nextMapId(int id) {
    return nextId(Command.MAP_GET_NEXT_ID, id);
  }

  /** A program's name by its id; null when it is gone. Needs CAP_SYS_ADMIN. */
  public static String programName(int id) {
    return name(Command.PROG_GET_FD_BY_ID, id, 64);
  }

  /** A map's name by its id; null when it is gone. Needs CAP_SYS_ADMIN. */
  public static String mapName(int id) {
    return name(Command.MAP_GET_FD_BY_ID, id, 24);
  }

  /** The id after another, 0 after the last; or {@code -errno}. */
  private static int nextId(Command command, int id) {
    NativeBuffer attributes = new NativeBuffer(ATTRIBUTE_BYTES);
    attributes.bytes().putInt(0, id);
    int result = (int) call(command, attributes);
    return result == 0 ? attributes.bytes().getInt(4) : result == -Errno.ENOENT ? 0 : result;
  }

  /** Offset of the name in struct bpf_prog_info and bpf_map_info. */
  private static String name(Command command, int id, int offset) {
    NativeBuffer attributes = new NativeBuffer(ATTRIBUTE_BYTES);
    attributes.bytes().putInt(0, id);
    int fd = (int) call(command, attributes);
    if (fd < 0) {
      return null;
    }
    NativeBuffer info = new NativeBuffer(offset + NAME_BYTES);
    NativeBuffer question = new NativeBuffer(ATTRIBUTE_BYTES);
    question.bytes().putInt(0, fd).putInt(4, info.bytes().capacity()).putLong(8, info.address());
    long result = call(Command.OBJ_GET_INFO_BY_FD, question);
    PosixCalls.close(fd);
    byte[] name = new byte[NAME_BYTES];
    info.bytes().position(offset).get(name);
    return result == 0 ? new String(name, StandardCharsets.US_ASCII).replace("\0", "") : null;
  }

  private static int element(
      Command command, int map, NativeBuffer key, NativeBuffer value, long flags) {
    NativeBuffer attributes = new NativeBuffer(ATTRIBUTE_BYTES);
    attributes.bytes().putInt(0, map).putLong(8, key == null ? 0 : key.address());
    attributes.bytes().putLong(16, value == null ? 0 : value.address()).putLong(24, flags);
    int result = (int) call(command, attributes);
    java.lang.ref.Reference.reachabilityFence(key);
    java.lang.ref.Reference.reachabilityFence(value);
    return result;
  }

  private static int check(Command command, String object, NativeBuffer attributes) {
    int result = (int) call(command, attributes);
    if (result < 0) {
      throw new NativeCallException("bpf " + command, object, -result);
    }
    return result;
  }

  private static long call(Command command, NativeBuffer attributes) {
    long result =
        Natives.syscall(SYS_BPF, command.ordinal(), attributes.address(), ATTRIBUTE_BYTES);
    long answer = result >= 0 ? result : -Native.getLastError();
    java.lang.ref.Reference.reachabilityFence(attributes);
    return answer;
  }

  private static void putName(ByteBuffer bytes, int offset, String name) {
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < Math.min(ascii.length, NAME_BYTES - 1); i++) {
      bytes.put(offset + i, ascii[i]);
    }
  }

  private static NativeBuffer text(String text) {
    byte[] bytes = CString.of(text);
    NativeBuffer buffer = new NativeBuffer(bytes.length);
    buffer.bytes().put(bytes);
    return buffer;
  }
}
