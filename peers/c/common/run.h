// SPDX-License-Identifier: Apache-2.0
// One command while it runs: its options, segment, payload, measured stages and the error that ended it.
#ifndef SHMBED_RUN_H
#define SHMBED_RUN_H

#include "channel/channel.h"
#include "ledger.h"
#include "options.h"
#include "pace.h"
#include "payload.h"
#include "segment.h"
#include "sha256.h"
#include "shaped.h"
#include "stage.h"

#include <stdio.h>

// What a program is: fixed in its main.
struct peer {
    const char *id; // as in peers.json
    enum role role;
    const struct segment_api *api;
    enum layout layout;  // where --layout is not given
    const bool *layouts; // supported, by enum layout
};

struct error {
    const char *call;   // the system call, or `classic`; NULL: no error
    char object[512];   // what it was called on
    int number;         // errno
    const char *name;   // which rule of the contract's section 7 was broken, or NULL
    char message[1024]; // the line of the contract's section 3
};

// One message to be sent: a piece of the payload file, or what its values become.
struct piece {
    const unsigned char *bytes;
    uint64_t length;
    uint32_t crc32c; // 0 with --no-verify
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
    struct payload payload; // classic: the text without its NUL; framed: the payload file, or the reader's
                            // copy of a message
    uint64_t exchanged_bytes;
    bool payload_known; // the length and the digest are those of the whole exchange
    char sha256[65];

    struct ledger ledger; // framed, and --repeat
    bool measured;        // the ledger is that of the whole exchange

    // framed only
    struct header header;                        // the writer's plan, or the reader's checked copy
    struct channel channel;                      // channel.api is NULL until it begins
    struct proof proof;                          // where the channel can prove something
    struct pace pace;                            // writer
    int64_t sent_ns[SLOT_COUNT_MAX];             // writer: of message seq, at (seq - 1) % SLOT_COUNT_MAX
    struct sha256 digest;                        // reader
    struct piece *pieces;                        // writer: those of the payload file
    uint64_t distinct;                           // how many
    struct shaped shaped;                        // --shape only
    uint64_t crc_mismatches, first_crc_mismatch; // reader

    int out;     // the file of --out, or -1
    int values;  // the file of --values, or -1
    FILE *lines; // where a person reads along, or NULL
};

// One step of a flow. False: the run's error says why, and the flow ends.
typedef bool step(struct run *run);
bool follow(struct run *run, step *const *flow, size_t steps);

// Adds a call's time to a stage and, where a person reads along, prints its line. `label` NULL: a call
// without a line of its own.
void stage_add(struct run *run, enum stage stage, const char *label, int64_t ns);
// Whether a person reads along call by call. Stages that repeat have their lines at the end instead.
bool shows_calls(const struct run *run);
// Those: one line for each stage; the median of several times.
void show_stages(const struct run *run);

// Repeats a call that a signal interrupted, until the command's deadline. The call yields -1 and errno.
#define RETRY_INTERRUPTED(run, result, call)                                                                 \
    do {                                                                                                     \
        (result) = (call);                                                                                   \
    } while ((result) == -1 && errno == EINTR && clock_ns() < (run)->deadline_ns)

#endif
