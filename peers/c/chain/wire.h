// SPDX-License-Identifier: Apache-2.0
// The baseline of `./shmbed bench chain`: a stream socket, AF_UNIX or TCP over the loopback device, on which
// a message goes whole, its descriptor first.
#ifndef SHMBED_CHAIN_WIRE_H
#define SHMBED_CHAIN_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
    int listener, fd; // -1: none
    bool tcp;
    const char *path; // of the socket; of TCP the file with the port's number
    bool created;     // the path, by this side
    int64_t deadline_ns;
};

// The functions return false with errno set; ETIMEDOUT: the deadline, an instant of CLOCK_MONOTONIC, has
// passed.

// The side that sends listens; then, once the other one is there, they meet.
bool wire_listen(struct wire *wire, const char *path, bool tcp);
bool wire_accept(struct wire *wire, int64_t deadline_ns);
// The side that receives connects, again and again until somebody listens.
bool wire_connect(struct wire *wire, const char *path, bool tcp, int64_t deadline_ns);

bool wire_send(struct wire *wire, const void *bytes, size_t length);
bool wire_receive(struct wire *wire, void *bytes, size_t length);

// Twice does no harm.
void wire_close(struct wire *wire);

#endif
