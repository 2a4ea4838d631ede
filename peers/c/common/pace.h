// SPDX-License-Identifier: Apache-2.0
// When each measured message is due under --rate (the contract's section 9), and whether the writer kept to
// it.
#ifndef SHMBED_PACE_H
#define SHMBED_PACE_H

#include <stdint.h>

#define RATE_MAX UINT64_C(10000000) // messages per second

struct pace {
    uint64_t rate;             // messages per second; 0: a closed loop, no message is ever due
    int64_t begun_ns;          // when message 0 is due
    int64_t first_ns, last_ns; // just before the first and the newest send
    uint64_t sent, late;       // messages; late: by more than the time between two
};

// The clock starts now, at message 0.
void pace_begin(struct pace *pace, int64_t now_ns);

// When measured message `index` (from 0, less than 10^9) is due.
int64_t pace_due_ns(const struct pace *pace, uint64_t index);

// Measured message `index` is about to be sent at `now_ns`.
void pace_sent(struct pace *pace, uint64_t index, int64_t now_ns);

// Messages per second between the first and the last send. Only after two that were sent at different times.
double pace_achieved(const struct pace *pace);

#endif
