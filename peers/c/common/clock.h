// SPDX-License-Identifier: Apache-2.0
// The one clock of all peers: CLOCK_MONOTONIC, in ns (clock_gettime(2)).
#ifndef SHMBED_CLOCK_H
#define SHMBED_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

static inline int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

#endif
