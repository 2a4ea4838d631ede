// SPDX-License-Identifier: Apache-2.0
// The program of the channel skmsg, in BPF instructions: the same as in peers/c/common/skmsg/bpf.c.
package io.github.shmbed.skmsg;

import io.github.shmbed.libc.NativeBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * For each send(2) on a socket in the map:
 *
 * <pre>
 * counts = counts[sender]; none: drop
 * counts.runs++
 * the message has not 56 bytes, or there is no target: counts.dropped++, drop
 * counts.redirected++, into the receive queue of targets[sender]
 * </pre>
 */
final class SkmsgProgram {
  /** Of a message; of any other length it is dropped. */
  static final int MESSAGE_BYTES = 56;

  // Registers: r0 result, r1 to r5 arguments, r6 and r7 kept over calls, r10 the stack's end.
  private static final int R0 = 0;
  private static final int R1 = 1;
  private static final int R2 = 2;
  private static final int R3 = 3;
  private static final int R4 = 4;
  private static final int CONTEXT = 6;
  private static final int COUNTS = 7;
  private static final int STACK = 10;
  private static final int KEY = -8;

  // Operations of linux/bpf_common.h and linux/bpf.h.
  private static final int MOVE = 0xbf; // BPF_ALU64 | BPF_MOV | BPF_X
  private static final int SET = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
  private static final int ADD = 0x07; // BPF_ALU64 | BPF_ADD | BPF_K
  private static final int LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
  private static final int STORE_WORD = 0x63; // BPF_STX | BPF_MEM | BPF_W
  private static final int ADD_TO_MEMORY = 0xdb; // BPF_STX | BPF_XADD | BPF_DW
  private static final int LOAD_64 = 0x18; // BPF_LD | BPF_DW | BPF_IMM, two instructions
  private static final int IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final int IF_UNEQUAL = 0x55; // BPF_JMP | BPF_JNE | BPF_K
  private static final int CALL = 0x85;
  private static final int EXIT = 0x95;
  private static final int PSEUDO_MAP_FD = 1;

  // Helpers, and offsets in struct sk_msg_md.
  private static final int MAP_LOOKUP_ELEM = 1;
  private static final int MSG_REDIRECT_HASH = 71;
  private static final int INGRESS = 1;
  private static final int LOCAL_ADDRESS = 24;
  private static final int LOCAL_PORT = 64;
  private static final int SIZE = 68;

  private static final int DROP = 0;
  private static final int RUNS = 0;
  private static final int REDIRECTED = 8;
  private static final int DROPPED = 16;

  private final List<Long> instructions = new ArrayList<>();

  private SkmsgProgram() {}

  /** The instructions for these two maps. */
  static NativeBuffer of(int targets, int counts) {
    SkmsgProgram program = new SkmsgProgram();
    program.add(targets, counts);
    NativeBuffer buffer = new NativeBuffer(program.instructions.size() * Long.BYTES);
    for (int i = 0; i < program.instructions.size(); i++) {
      buffer.bytes().putLong(i * Long.BYTES, program.instructions.get(i));
    }
    return buffer;
  }

  private void add(int targets, int counts) {
    /*  0 */ put(MOVE, CONTEXT, R1, 0, 0);
    /*  1 */ put(LOAD_WORD, R2, CONTEXT, LOCAL_ADDRESS, 0);
    /*  2 */ put(STORE_WORD, STACK, R2, KEY, 0);
    /*  3 */ put(LOAD_WORD, R2, CONTEXT, LOCAL_PORT, 0);
    /*  4 */ put(STORE_WORD, STACK, R2, KEY + Integer.BYTES, 0);
    /*  5 */ putMap(R1, counts);
    /*  7 */ put(MOVE, R2, STACK, 0, 0);
    /*  8 */ put(ADD, R2, 0, 0, KEY);
    /*  9 */ put(CALL, 0, 0, 0, MAP_LOOKUP_ELEM);
    /* 10 */ put(IF_EQUAL, R0, 0, 18, 0); // to 29
    /* 11 */ put(MOVE, COUNTS, R0, 0, 0);
    /* 12 */ put(SET, R1, 0, 0, 1);
    /* 13 */ put(ADD_TO_MEMORY, COUNTS, R1, RUNS, 0);
    /* 14 */ put(LOAD_WORD, R2, CONTEXT, SIZE, 0);
    /* 15 */ put(IF_UNEQUAL, R2, 0, 11, MESSAGE_BYTES); // to 27
    /* 16 */ put(MOVE, R1, CONTEXT, 0, 0);
    /* 17 */ putMap(R2, targets);
    /* 19 */ put(MOVE, R3, STACK, 0, 0);
    /* 20 */ put(ADD, R3, 0, 0, KEY);
    /* 21 */ put(SET, R4, 0, 0, INGRESS);
    /* 22 */ put(CALL, 0, 0, 0, MSG_REDIRECT_HASH);
    /* 23 */ put(IF_EQUAL, R0, 0, 3, DROP); // to 27
    /* 24 */ put(SET, R1, 0, 0, 1);
    /* 25 */ put(ADD_TO_MEMORY, COUNTS, R1, REDIRECTED, 0);
    /* 26 */ put(EXIT, 0, 0, 0, 0); // with SK_PASS
    /* 27 */ put(SET, R1, 0, 0, 1);
    /* 28 */ put(ADD_TO_MEMORY, COUNTS, R1, DROPPED, 0);
    /* 29 */ put(SET, R0, 0, 0, DROP);
    /* 30 */ put(EXIT, 0, 0, 0, 0);
  }

  /** struct bpf_insn as a little-endian processor has it. */
  private void put(int operation, int to, int from, int offset, int immediate) {
    instructions.add(
        operation | to << 8 | from << 12 | (offset & 0xffffL) << 16 | (long) immediate << 32);
  }

  private void putMap(int to, int map) {
    put(LOAD_64, to, PSEUDO_MAP_FD, 0, map);
    put(0, 0, 0, 0, 0);
  }
}
