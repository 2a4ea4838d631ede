// SPDX-License-Identifier: Apache-2.0
// The two ways into the maps of the channel `skmsg`: by a manager, which gets the peer's socket and does all
// calls of bpf(2), or by the pins. Both have the same steps. Every function returns 0 or an errno.
#ifndef SHMBED_SKMSG_WAY_H
#define SHMBED_SKMSG_WAY_H

#include "bpf.h"

// In the folder of a channel's address.
#define SKMSG_MANAGER "manager" // AF_UNIX, SOCK_SEQPACKET
#define SKMSG_PINS "bpf"        // a BPF file system

#define SKMSG_MAGIC UINT32_C(0x314d4b53) // "SKM1"

enum skmsg_operation {
    SKMSG_JOIN = 1, // with the sender's socket (SCM_RIGHTS): count for it from now on
    SKMSG_PUT,      // make the joined socket the target of `key`
    SKMSG_TAKE,     // and no longer
    SKMSG_SEEK,     // has the joined socket a target?
    SKMSG_COUNT,    // what was counted for the joined socket
    SKMSG_STATUS,   // what was counted for all
    SKMSG_DOWN,     // end
};

struct skmsg_request {
    uint32_t magic, operation;
    struct skmsg_key key;
};

struct skmsg_reply {
    uint32_t magic;
    int32_t number; // 0 or an errno
    struct skmsg_counts counts;
    uint32_t sockets; // SKMSG_STATUS: joined ones, those of the pins too
    uint32_t pinned;  // SKMSG_STATUS: 1: there are pins
};

// A TCP socket of 127.0.0.0/8 that is connected with itself: established, without a listener, and what is
// sent on it only comes out where the program puts it. *call is what failed.
int skmsg_socket_open(int *fd, struct skmsg_key *key, const char **call);
// Whether a socket can be a sender. EPROTOTYPE: not TCP over IPv4, and the program would never run; ENOTCONN:
// not established; EADDRNOTAVAIL: not connected with itself on 127.0.0.0/8.
int skmsg_socket_check(int fd, struct skmsg_key *key);
// tcpi_data_segs_out of tcp(7)'s TCP_INFO: segments that went through TCP.
int skmsg_socket_segments(int fd, uint64_t *segments);

struct skmsg_way {
    int manager;            // connection, or -1
    struct skmsg_maps maps; // by pins
    int socket;             // the joined one
    struct skmsg_key key;   // its own
    int64_t deadline_ns;    // of the manager's answers, on clock_ns()
};

// Connects to the manager in a folder. ETIMEDOUT, here and below: the deadline has passed, or 5 s.
int skmsg_connect(int *fd, const char *folder, int64_t deadline_ns);
// One request and its reply. EPIPE: the manager has gone.
int skmsg_ask(int manager, enum skmsg_operation operation, struct skmsg_key key, const int *socket,
              int64_t deadline_ns, struct skmsg_reply *reply);

// *call is what failed, and object says on what.
int skmsg_way_open(struct skmsg_way *way, bool pinned, const char *folder, int64_t deadline_ns,
                   const char **call);
int skmsg_way_join(struct skmsg_way *way, int socket, struct skmsg_key key);
int skmsg_way_put(struct skmsg_way *way, struct skmsg_key key);
int skmsg_way_take(struct skmsg_way *way, struct skmsg_key key);
int skmsg_way_seek(struct skmsg_way *way);
int skmsg_way_count(struct skmsg_way *way, struct skmsg_counts *counts);
// False: the manager has gone, and with it what it had put into the maps. The users of pins keep the maps.
bool skmsg_way_is_alive(const struct skmsg_way *way);
// Leaves; `other` is the key that was put last.
void skmsg_way_close(struct skmsg_way *way, struct skmsg_key other);

#endif
