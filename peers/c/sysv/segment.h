// SPDX-License-Identifier: Apache-2.0
// The System V segments, for the mains of sysv/.
#ifndef SHMBED_SYSV_SEGMENT_H
#define SHMBED_SYSV_SEGMENT_H

#include "../common/run.h"

extern const struct segment_api sysv_segment;
extern const bool sysv_layouts[LAYOUT_COUNT];

#endif
