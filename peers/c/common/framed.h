// SPDX-License-Identifier: Apache-2.0
// The framed layout: header, payload slots, a channel for the descriptors (the contract's section 7). One
// core for both API families.
#ifndef SHMBED_FRAMED_H
#define SHMBED_FRAMED_H

#include "run.h"

bool framed_write(struct run *run);
bool framed_read(struct run *run);

// Tells the other side that nothing more comes: for a command that failed. Harmless where no segment is
// attached.
void framed_abandon(struct run *run);

#endif
