// SPDX-License-Identifier: Apache-2.0
// Histograms, first values, traces and what getrusage(2) says of the measured messages.
#include "ledger.h"

#include "clock.h"

#include <stdlib.h>
#include <string.h>

#define CLOCK_PAIRS 1001

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

// The median time between two readings of the clock: what every measured stage contains.
static int64_t clock_pair(void)
{
    int64_t pairs[CLOCK_PAIRS];
    for (int i = 0; i < CLOCK_PAIRS; i++) {
        int64_t begun = clock_ns();
        pairs[i] = clock_ns() - begun;
    }
    qsort(pairs, CLOCK_PAIRS, sizeof pairs[0], compare);
    return pairs[CLOCK_PAIRS / 2];
}

bool ledger_open(struct ledger *ledger, const enum stage *stages, int stage_count, uint64_t count,
                 int columns)
{
    memset(ledger, 0, sizeof *ledger);
    for (int i = 0; i < stage_count; i++) {
        ledger->histograms[stages[i]] = histogram_new();
        if (ledger->histograms[stages[i]] == NULL)
            return false;
    }
    if (columns > 0) {
        const uint64_t bytes = count * (uint64_t)columns * sizeof(int64_t);
        ledger->trace = malloc(bytes);
        if (ledger->trace == NULL)
            return false;
        explicit_bzero(ledger->trace, bytes); // touches the pages, which memset after malloc does not
    }
    ledger->columns = columns;
    ledger->messages = count;
    ledger->clock_pair_ns = clock_pair();
    return true;
}

void ledger_free(struct ledger *ledger)
{
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        histogram_free(ledger->histograms[stage]);
    free(ledger->trace);
    memset(ledger, 0, sizeof *ledger);
}

void ledger_begin(struct ledger *ledger)
{
    getrusage(RUSAGE_SELF, &ledger->before);
}

void ledger_end(struct ledger *ledger)
{
    getrusage(RUSAGE_SELF, &ledger->after);
}

void ledger_record(struct ledger *ledger, enum stage stage, bool first, bool measured, int64_t ns)
{
    if (first) {
        ledger->first[stage] = ns;
        ledger->has_first[stage] = true;
    }
    if (!measured)
        return;
    ledger->newest[stage] = ns;
    ledger->measured[stage] = true;
    if (ns < 0)
        ledger->negative++;
    else
        histogram_record(ledger->histograms[stage], ns);
}

void ledger_trace(struct ledger *ledger, const int64_t *stamps_ns)
{
    if (ledger->trace == NULL)
        return;
    const size_t columns = (size_t)ledger->columns;
    memcpy(ledger->trace + columns * ledger->traced++, stamps_ns, columns * sizeof *stamps_ns);
}

int64_t ledger_typical(const struct ledger *ledger, enum stage stage)
{
    const bool single =
        ledger->messages == 1 || histogram_count(ledger->histograms[stage]) == 0; // all were negative
    return single ? ledger->newest[stage] : histogram_median(ledger->histograms[stage]);
}
