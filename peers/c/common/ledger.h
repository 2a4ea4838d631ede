// SPDX-License-Identifier: Apache-2.0
// What is measured over the messages of the framed layout, or over the rounds of --repeat, which are counted
// as messages here (the contract's section 9). All memory is taken before the first message.
#ifndef SHMBED_LEDGER_H
#define SHMBED_LEDGER_H

#include "histogram.h"
#include "stage.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

struct ledger {
    uint64_t messages;                         // to be measured
    struct histogram *histograms[STAGE_COUNT]; // NULL: not a stage of this role's messages
    int64_t first[STAGE_COUNT];                // of the first message, warm-up or not
    bool has_first[STAGE_COUNT];
    int64_t newest[STAGE_COUNT]; // of the newest measured message
    bool measured[STAGE_COUNT];
    uint64_t negative; // values below 0: counted, in no histogram
    int64_t clock_pair_ns;
    struct rusage before, after;
    int64_t *trace; // NULL, or `columns` time stamps for each measured message
    uint64_t traced;
    int columns;
};

// `stages`: those of one message; `count`: measured messages; `columns`: time stamps of a message to be kept,
// 0 for none. False: out of memory.
bool ledger_open(struct ledger *ledger, const enum stage *stages, int stage_count, uint64_t count,
                 int columns);
void ledger_free(struct ledger *ledger);

// Around the measured messages: what they use up.
void ledger_begin(struct ledger *ledger);
void ledger_end(struct ledger *ledger);

// One stage of one message. Allocates nothing.
void ledger_record(struct ledger *ledger, enum stage stage, bool first, bool measured, int64_t ns);
// The time of the one measured message, or the median of several.
int64_t ledger_typical(const struct ledger *ledger, enum stage stage);

// The newest message's time stamps, `columns` of them.
void ledger_trace(struct ledger *ledger, const int64_t *stamps_ns);

#endif
