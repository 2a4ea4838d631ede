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
    // The framed layout has its lines at the end: its stages repeat.
    if (run->lines != NULL && label != NULL && run->options.layout != LAYOUT_FRAMED)
        fprintf(run->lines, "[QLOG] %s latency: %" PRId64 "\n", label, ns);
}
