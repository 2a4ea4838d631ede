// SPDX-License-Identifier: Apache-2.0
// Flows, and stages: their names and how a call's time gets into one.
#include "run.h"

#include <inttypes.h>

const char *const stage_names[STAGE_COUNT] = {
    "create",     "size",     "reserve", "attach", "reader-attach", "encode", "write",  "notify",
    "round-trip", "transmit", "wait",    "read",   "decode",        "verify", "detach", "remove"};

bool follow(struct run *run, step *const *flow, size_t steps)
{
    for (size_t i = 0; i < steps; i++)
        if (!flow[i](run))
            return false;
    return true;
}

void stage_add(struct run *run, enum stage stage, const char *label, int64_t ns)
{
    run->stage_ns[stage] += ns;
    run->stage_happened[stage] = true;
    if (label != NULL && shows_calls(run))
        fprintf(run->lines, "[QLOG] %s latency: %" PRId64 "\n", label, ns);
}

bool shows_calls(const struct run *run)
{
    return run->lines != NULL && run->options.layout != LAYOUT_FRAMED && run->options.repeat == 1;
}

void show_stages(const struct run *run)
{
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        if (run->stage_happened[stage])
            fprintf(run->lines, "[QLOG] %s latency: %" PRId64 "\n", stage_names[stage], run->stage_ns[stage]);
        else if (run->ledger.measured[stage])
            fprintf(run->lines, "[QLOG] %s latency: %" PRId64 "\n", stage_names[stage],
                    ledger_typical(&run->ledger, (enum stage)stage));
    }
}
