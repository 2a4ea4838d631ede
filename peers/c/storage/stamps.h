// SPDX-License-Identifier: Apache-2.0
// Time stamps that a program takes of itself, for spawn_loop. Only the builds with -DSTAMPS have them
// (shm_read.stamped, ..); in the others every line here is nothing, so that the total is measured on programs
// that measure nothing.
#ifndef SHMBED_STORAGE_STAMPS_H
#define SHMBED_STORAGE_STAMPS_H

#include <stdint.h>

// The file that spawn_loop hands down, open as this descriptor: one struct stamps.
#define STAMPS_FD 3

// CLOCK_MONOTONIC, ns; begin of main, and its end.
struct stamps {
    int64_t main_ns;
    int64_t end_ns;
};

#ifdef STAMPS
#include "../common/clock.h"
#include <stdlib.h>
#include <unistd.h>

static struct stamps stamps;

static inline void stamp_main(void)
{
    stamps.main_ns = clock_ns();
}

// Hands the stamps over; what follows is exit.
static inline void stamp_end(void)
{
    stamps.end_ns = clock_ns();
    if (pwrite(STAMPS_FD, &stamps, sizeof stamps, 0) != sizeof stamps) {
        abort();
    }
}
#else
static inline void stamp_main(void)
{
}

static inline void stamp_end(void)
{
}
#endif

#endif
