// SPDX-License-Identifier: Apache-2.0
// The manager: one process that holds the maps and the program, and a loop over its peers' connections.
#ifndef SHMBED_SKMSG_MANAGER_H
#define SHMBED_SKMSG_MANAGER_H

#include "../common/skmsg/way.h"

#include <poll.h>
#include <sys/types.h>

#define PEERS_MAX 256

// One connection. What it has put into the maps goes with it.
struct peer_link {
    int socket; // joined, or -1
    struct skmsg_key key;
    struct skmsg_key put; // where its socket is a target
    bool has_put;
};

struct manager {
    char folder[108];
    struct skmsg_maps maps;
    bool made_folder, made_pins, bound;
    bool ending;
    struct pollfd polled[1 + PEERS_MAX]; // the listener, then the connections
    struct peer_link links[PEERS_MAX];
    nfds_t count;                                 // of polled
    struct skmsg_counts ended;                    // of sockets that have left
    struct skmsg_key suspects[SKMSG_SOCKETS_MAX]; // of pins' users: had no target at the last look
    size_t suspect_count;
    char pins_text[256]; // where the pins are, or why there are none
    char why[512];       // manager_begin failed
};

// Loads, attaches, pins and listens. EXIT_DONE, EXIT_FAILED or EXIT_UNSUPPORTED, then with `why`; nothing
// stays.
int manager_begin(struct manager *manager, const char *folder, uid_t uid);
// Until SIGTERM, SIGINT, SIGHUP or SKMSG_DOWN.
void manager_serve(struct manager *manager);
// Removes socket, pins, mount and, if it made it, the folder.
void manager_end(struct manager *manager);
// What a manager left that was killed. False: there was nothing.
bool manager_remove(const char *folder);

#endif
