// SPDX-License-Identifier: Apache-2.0
// bpf(2) by its number, and the program of the channel `skmsg`.
#include "bpf.h"

#include <assert.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static_assert(sizeof(struct skmsg_key) == 8, "key");
static_assert(sizeof(struct skmsg_counts) == 24, "counts");

static int bpf(enum bpf_cmd command, union bpf_attr *attributes)
{
    return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static uint64_t address_of(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

static int errno_of(int result)
{
    return result == -1 ? errno : 0;
}

// Maps and program carry the manager's process in their name, for bpftool and for who looks for what stayed.
static void put_name(char name[BPF_OBJ_NAME_LEN])
{
    snprintf(name, BPF_OBJ_NAME_LEN, "skmsg_%d", (int)getpid());
}

static int create_map(enum bpf_map_type type, uint32_t value_bytes)
{
    union bpf_attr attributes = {0};
    attributes.map_type = type;
    attributes.key_size = sizeof(struct skmsg_key);
    attributes.value_size = value_bytes;
    attributes.max_entries = SKMSG_SOCKETS_MAX;
    put_name(attributes.map_name);
    return bpf(BPF_MAP_CREATE, &attributes);
}

// ---- the program ----

// Instructions as in linux/bpf.h and the kernel's Documentation/bpf/standardization/instruction-set.rst.
#define LOAD(size, to, from, at)                                                                             \
    (struct bpf_insn)                                                                                        \
    {                                                                                                        \
        .code = BPF_LDX | BPF_MEM | (size), .dst_reg = (to), .src_reg = (from), .off = (at)                  \
    }
#define STORE(size, to, at, from)                                                                            \
    (struct bpf_insn)                                                                                        \
    {                                                                                                        \
        .code = BPF_STX | BPF_MEM | (size), .dst_reg = (to), .src_reg = (from), .off = (at)                  \
    }
#define ADD_TO_MEMORY(to, at, from)                                                                          \
    (struct bpf_insn)                                                                                        \
    {                                                                                                        \
        .code = BPF_STX | BPF_XADD | BPF_DW, .dst_reg = (to), .src_reg = (from), .off = (at)                 \
    }
#define MOVE(to, from)                                                                                       \
    (struct bpf_insn)                                                                                        \
    {                                                                                                        \
        .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (to), .src_reg = (from)                              \
    }
#define SET(to, value)                                                                                       \
    (struct bpf_insn)                                                                                        \
    {                                                                                                        \
        .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (to), .imm = (value)                                 \
    }
#define ADD(to, value)                                                                                       \
    (struct bpf_insn)                                                                                        \
    {                                                                                                        \
        .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = (to), .imm = (value)                                 \
    }
#define MAP(to, fd)                                                                                          \
    (struct bpf_insn){                                                                                       \
        .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = (to), .src_reg = BPF_PSEUDO_MAP_FD, .imm = (fd)},      \
        (struct bpf_insn)                                                                                    \
    {                                                                                                        \
        .code = 0                                                                                            \
    }
#define SKIP_IF(comparison, to, value, count)                                                                \
    (struct bpf_insn)                                                                                        \
    {                                                                                                        \
        .code = BPF_JMP | (comparison) | BPF_K, .dst_reg = (to), .off = (count), .imm = (value)              \
    }
#define CALL(helper)                                                                                         \
    (struct bpf_insn)                                                                                        \
    {                                                                                                        \
        .code = BPF_JMP | BPF_CALL, .imm = (helper)                                                          \
    }
#define EXIT()                                                                                               \
    (struct bpf_insn)                                                                                        \
    {                                                                                                        \
        .code = BPF_JMP | BPF_EXIT                                                                           \
    }

enum { R0, R1, R2, R3, R4, R6 = 6, R7, R10 = 10 };
#define KEY (-8) // on the stack, below r10

// For each sendmsg(2) on a socket in the map:
//   counts = counts[sender]; none: drop
//   counts.runs++
//   the message has not SKMSG_MESSAGE_BYTES, or there is no target: counts.dropped++, drop
//   counts.redirected++, into the receive queue of targets[sender]
static int load_program(const struct skmsg_maps *maps)
{
    const struct bpf_insn program[] = {
        /*  0 */ MOVE(R6, R1),
        /*  1 */ LOAD(BPF_W, R2, R6, offsetof(struct sk_msg_md, local_ip4)),
        /*  2 */ STORE(BPF_W, R10, KEY, R2),
        /*  3 */ LOAD(BPF_W, R2, R6, offsetof(struct sk_msg_md, local_port)),
        /*  4 */ STORE(BPF_W, R10, KEY + 4, R2),
        /*  5 */ MAP(R1, maps->counts),
        /*  7 */ MOVE(R2, R10),
        /*  8 */ ADD(R2, KEY),
        /*  9 */ CALL(BPF_FUNC_map_lookup_elem),
        /* 10 */ SKIP_IF(BPF_JEQ, R0, 0, 18), // to 29
        /* 11 */ MOVE(R7, R0),
        /* 12 */ SET(R1, 1),
        /* 13 */ ADD_TO_MEMORY(R7, offsetof(struct skmsg_counts, runs), R1),
        /* 14 */ LOAD(BPF_W, R2, R6, offsetof(struct sk_msg_md, size)),
        /* 15 */ SKIP_IF(BPF_JNE, R2, SKMSG_MESSAGE_BYTES, 11), // to 27
        /* 16 */ MOVE(R1, R6),
        /* 17 */ MAP(R2, maps->targets),
        /* 19 */ MOVE(R3, R10),
        /* 20 */ ADD(R3, KEY),
        /* 21 */ SET(R4, BPF_F_INGRESS),
        /* 22 */ CALL(BPF_FUNC_msg_redirect_hash),
        /* 23 */ SKIP_IF(BPF_JEQ, R0, SK_DROP, 3), // to 27
        /* 24 */ SET(R1, 1),
        /* 25 */ ADD_TO_MEMORY(R7, offsetof(struct skmsg_counts, redirected), R1),
        /* 26 */ EXIT(), // with SK_PASS
        /* 27 */ SET(R1, 1),
        /* 28 */ ADD_TO_MEMORY(R7, offsetof(struct skmsg_counts, dropped), R1),
        /* 29 */ SET(R0, SK_DROP),
        /* 30 */ EXIT(),
    };
    union bpf_attr attributes = {0};
    attributes.prog_type = BPF_PROG_TYPE_SK_MSG;
    attributes.insns = address_of(program);
    attributes.insn_cnt = sizeof program / sizeof program[0];
    attributes.license = address_of("GPL"); // bpf_msg_redirect_hash itself asks for no licence
    attributes.expected_attach_type = BPF_SK_MSG_VERDICT;
    put_name(attributes.prog_name);
    return bpf(BPF_PROG_LOAD, &attributes);
}

static int attach_program(const struct skmsg_maps *maps)
{
    union bpf_attr attributes = {0};
    attributes.target_fd = (uint32_t)maps->targets;
    attributes.attach_bpf_fd = (uint32_t)maps->program;
    attributes.attach_type = BPF_SK_MSG_VERDICT;
    return bpf(BPF_PROG_ATTACH, &attributes);
}

static int give_up(struct skmsg_maps *maps)
{
    const int number = errno;
    skmsg_maps_close(maps);
    return number;
}

int skmsg_maps_create(struct skmsg_maps *maps, const char **call)
{
    *maps = (struct skmsg_maps){-1, -1, -1};
    *call = "bpf MAP_CREATE";
    maps->targets = create_map(BPF_MAP_TYPE_SOCKHASH, sizeof(uint64_t));
    if (maps->targets == -1)
        return give_up(maps);
    maps->counts = create_map(BPF_MAP_TYPE_HASH, sizeof(struct skmsg_counts));
    if (maps->counts == -1)
        return give_up(maps);
    *call = "bpf PROG_LOAD";
    maps->program = load_program(maps);
    if (maps->program == -1)
        return give_up(maps);
    *call = "bpf PROG_ATTACH";
    return attach_program(maps) == -1 ? give_up(maps) : 0;
}

void skmsg_maps_close(struct skmsg_maps *maps)
{
    if (maps->targets != -1)
        close(maps->targets);
    if (maps->counts != -1)
        close(maps->counts);
    if (maps->program != -1)
        close(maps->program);
    *maps = (struct skmsg_maps){-1, -1, -1};
}

// ---- pins ----

static int pin(int fd, const char *folder, const char *name)
{
    char path[4096];
    union bpf_attr attributes = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    attributes.pathname = address_of(path);
    attributes.bpf_fd = (uint32_t)fd;
    return errno_of(bpf(BPF_OBJ_PIN, &attributes) == -1 ? -1 : chmod(path, 0600));
}

int skmsg_maps_pin(const struct skmsg_maps *maps, const char *folder)
{
    int number = pin(maps->targets, folder, "targets");
    if (number == 0)
        number = pin(maps->counts, folder, "counts");
    return number == 0 ? pin(maps->program, folder, "program") : number;
}

static int open_pin(const char *folder, const char *name)
{
    char path[4096];
    union bpf_attr attributes = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    attributes.pathname = address_of(path);
    return bpf(BPF_OBJ_GET, &attributes);
}

int skmsg_maps_open(struct skmsg_maps *maps, const char *folder)
{
    *maps = (struct skmsg_maps){open_pin(folder, "targets"), -1, -1};
    if (maps->targets == -1)
        return give_up(maps);
    maps->counts = open_pin(folder, "counts");
    return maps->counts == -1 ? give_up(maps) : 0;
}

// ---- elements ----

static union bpf_attr element(int map, const struct skmsg_key *key, const void *value)
{
    union bpf_attr attributes = {0};
    attributes.map_fd = (uint32_t)map;
    attributes.key = address_of(key);
    attributes.value = address_of(value);
    return attributes;
}

static int put(int map, struct skmsg_key key, const void *value)
{
    union bpf_attr attributes = element(map, &key, value);
    attributes.flags = BPF_NOEXIST;
    return errno_of(bpf(BPF_MAP_UPDATE_ELEM, &attributes));
}

static int find(int map, struct skmsg_key key, void *value)
{
    union bpf_attr attributes = element(map, &key, value);
    return errno_of(bpf(BPF_MAP_LOOKUP_ELEM, &attributes));
}

static int take(int map, struct skmsg_key key)
{
    union bpf_attr attributes = element(map, &key, NULL);
    return errno_of(bpf(BPF_MAP_DELETE_ELEM, &attributes));
}

int skmsg_target_put(const struct skmsg_maps *maps, struct skmsg_key key, int target)
{
    const uint64_t fd = (uint64_t)target;
    return put(maps->targets, key, &fd);
}

int skmsg_target_find(const struct skmsg_maps *maps, struct skmsg_key key)
{
    uint64_t cookie;
    return find(maps->targets, key, &cookie);
}

int skmsg_target_take(const struct skmsg_maps *maps, struct skmsg_key key)
{
    return take(maps->targets, key);
}

int skmsg_counts_put(const struct skmsg_maps *maps, struct skmsg_key key)
{
    const struct skmsg_counts zero = {0};
    return put(maps->counts, key, &zero);
}

int skmsg_counts_find(const struct skmsg_maps *maps, struct skmsg_key key, struct skmsg_counts *counts)
{
    return find(maps->counts, key, counts);
}

int skmsg_counts_take(const struct skmsg_maps *maps, struct skmsg_key key)
{
    return take(maps->counts, key);
}

int skmsg_counts_next(const struct skmsg_maps *maps, const struct skmsg_key *key, struct skmsg_key *next)
{
    union bpf_attr attributes = element(maps->counts, key, NULL);
    attributes.next_key = address_of(next);
    return errno_of(bpf(BPF_MAP_GET_NEXT_KEY, &attributes));
}
