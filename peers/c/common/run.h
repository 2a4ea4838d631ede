// SPDX-License-Identifier: Apache-2.0
// One command while it runs: its options, segment, payload, measured stages and the error that ended it.
#ifndef SHMBED_RUN_H
#define SHMBED_RUN_H

#include "options.h"
#include "payload.h"
#include "segment.h"

#include <stdio.h>

// What a program is: fixed in its main.
struct peer {
    const char *id; // as in peers.json
    enum role role;
    const struct segment_api *api;
    enum layout layout;  // where --layout is not given
    const bool *layouts; // supported, by enum layout
};

enum stage {
    STAGE_CREATE,
    STAGE_SIZE,
    STAGE_RESERVE,
    STAGE_ATTACH,
    STAGE_READER_ATTACH,
    STAGE_WRITE,
    STAGE_READ,
    STAGE_DETACH,
    STAGE_REMOVE,
    STAGE_COUNT
};

extern const char *const stage_names[STAGE_COUNT];

struct error {
    const char *call;   // the system call, or `classic`; NULL: no error
    char object[512];   // what it was called on
    int number;         // errno
    char message[1024]; // the line of the contract's section 3
};

struct run {
    const struct peer *peer;
    struct options options;
    int exit;
    char why[512]; // exit 64 and 77
    struct error error;
    int64_t deadline_ns; // on clock_ns()
    enum stage stage;    // the one it is in
    int64_t stage_ns[STAGE_COUNT];
    bool stage_happened[STAGE_COUNT];
    struct segment segment;
    struct payload payload; // what was written or read, without the NUL
    bool payload_known;
    char sha256[65];
    int out;     // the file of --out, or -1
    FILE *lines; // where a person reads along, or NULL
};

// One step of a flow. False: the run's error says why, and the flow ends.
typedef bool step(struct run *run);
bool follow(struct run *run, step *const *flow, size_t steps);

// Adds a call's time to a stage and, where a person reads along, prints its line. `label` NULL: a call
// without a line of its own.
void stage_add(struct run *run, enum stage stage, const char *label, int64_t ns);

// Repeats a call that a signal interrupted, until the command's deadline. The call yields -1 and errno.
#define RETRY_INTERRUPTED(run, result, call)                                                                 \
    do {                                                                                                     \
        (result) = (call);                                                                                   \
    } while ((result) == -1 && errno == EINTR && clock_ns() < (run)->deadline_ns)

#endif
