// SPDX-License-Identifier: Apache-2.0
// The bytes that are exchanged: loading them before a measured stage, saving them after it.
#ifndef SHMBED_PAYLOAD_H
#define SHMBED_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

struct run;

struct payload {
    unsigned char *bytes; // allocated, or NULL
    uint64_t length;
    uint64_t capacity;
};

// Allocates and touches memory, so that no page of it faults later. Keeps what is there. False: out of
// memory.
bool payload_grow(struct payload *payload, uint64_t capacity);

// Reads a whole file of at most `limit` bytes, and leaves room for one byte more. Longer is EMSGSIZE.
bool payload_load(struct run *run, const char *path, uint64_t limit);

void payload_free(struct payload *payload);

// The files of --out and --values: opened before the exchange, created or truncated, mode 0600. Nothing to do
// without these options.
bool out_open(struct run *run);
bool out_close(struct run *run);
// Adds to one of them, `fd`; -1: nothing to do.
bool file_append(struct run *run, int fd, const char *path, const void *bytes, uint64_t length);

// Writes a whole file, created or truncated, mode 0600.
bool file_write(struct run *run, const char *path, const void *bytes, uint64_t length);

#endif
