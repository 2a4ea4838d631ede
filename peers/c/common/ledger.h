// SPDX-License-Identifier: Apache-2.0
// What is measured over the messages of the framed layout (the contract's section 9). All memory is taken
// before the first message.
#ifndef SHMBED_LEDGER_H
#define SHMBED_LEDGER_H

#include "histogram.h"
#include "stage.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#define TRACE_COLUMNS 3

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
    int64_t *trace; // NULL, or TRACE_COLUMNS time stamps for each measured message
    uint64_t traced;
};

// `stages`: those of one message; `count`: measured messages; `trace`: whether to keep time stamps. False:
// out of memory.
bool ledger_open(struct ledger *ledger, const enum stage *stages, int stage_count, uint64_t count,
                 bool trace);
void ledger_free(struct ledger *ledger);

// Around the measured messages: what they use up.
void ledger_begin(struct ledger *ledger);
void ledger_end(struct ledger *ledger);

// One stage of one message. Allocates nothing.
void ledger_record(struct ledger *ledger, enum stage stage, bool first, bool measured, int64_t ns);
// The time of the one measured message, or the median of several.
int64_t ledger_typical(const struct ledger *ledger, enum stage stage);

void ledger_trace(struct ledger *ledger, int64_t a_ns, int64_t b_ns, int64_t c_ns);

#endif
