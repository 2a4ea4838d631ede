// SPDX-License-Identifier: Apache-2.0
// What the channel `skmsg` needs of bpf(2): two maps, one program, pins. Neither clang nor libbpf: the
// program is written in BPF instructions. Every function returns 0 or an errno, unless it says otherwise.
#ifndef SHMBED_SKMSG_BPF_H
#define SHMBED_SKMSG_BPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A socket, by its own end: an address of 127.0.0.0/8 and a port.
struct skmsg_key {
    uint32_t address; // in network order, as in the program's context
    uint32_t port;    // in host order, likewise
};

// What the program has counted for one sender.
struct skmsg_counts {
    uint64_t runs, redirected, dropped;
};

#define SKMSG_MESSAGE_BYTES 56 // of any other length the program drops
#define SKMSG_SOCKETS_MAX 1024 // in one pair of maps

struct skmsg_maps {
    int targets; // SOCKHASH: sender's key -> the socket that gets its messages. The program is attached to it
    int counts;  // HASH: sender's key -> struct skmsg_counts. Who is not in it is dropped
    int program; // -1 where the maps were opened by their pins
};

// Makes both maps, loads the program and attaches it. *call is what failed. Needs CAP_BPF and CAP_NET_ADMIN.
int skmsg_maps_create(struct skmsg_maps *maps, const char **call);
// Pins both maps and the program in a folder of a BPF file system, for their owner alone.
int skmsg_maps_pin(const struct skmsg_maps *maps, const char *folder);
// Opens both maps by their pins. Needs no capability, but access to the pins.
int skmsg_maps_open(struct skmsg_maps *maps, const char *folder);
void skmsg_maps_close(struct skmsg_maps *maps);

// The target of `key`'s messages. EEXIST: it has one.
int skmsg_target_put(const struct skmsg_maps *maps, struct skmsg_key key, int target);
// ENOENT: it has none.
int skmsg_target_find(const struct skmsg_maps *maps, struct skmsg_key key);
int skmsg_target_take(const struct skmsg_maps *maps, struct skmsg_key key);

// Begins to count for `key`, from 0. EEXIST: it counts already; E2BIG: the map is full.
int skmsg_counts_put(const struct skmsg_maps *maps, struct skmsg_key key);
int skmsg_counts_find(const struct skmsg_maps *maps, struct skmsg_key key, struct skmsg_counts *counts);
int skmsg_counts_take(const struct skmsg_maps *maps, struct skmsg_key key);
// The key after `key`; the first one after NULL. ENOENT: there is none.
int skmsg_counts_next(const struct skmsg_maps *maps, const struct skmsg_key *key, struct skmsg_key *next);

#endif
