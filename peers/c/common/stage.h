// SPDX-License-Identifier: Apache-2.0
// The stages of the flow that the C peers have; their names are the contract's.
#ifndef SHMBED_STAGE_H
#define SHMBED_STAGE_H

enum stage {
    STAGE_CREATE,
    STAGE_SIZE,
    STAGE_RESERVE,
    STAGE_ATTACH,
    STAGE_READER_ATTACH,
    STAGE_ENCODE,
    STAGE_WRITE,
    STAGE_NOTIFY,
    STAGE_ROUND_TRIP,
    STAGE_TRANSMIT,
    STAGE_WAIT,
    STAGE_READ,
    STAGE_DECODE,
    STAGE_VERIFY,
    STAGE_DETACH,
    STAGE_REMOVE,
    STAGE_COUNT
};

extern const char *const stage_names[STAGE_COUNT];

#endif
