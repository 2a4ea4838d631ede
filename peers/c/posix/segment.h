// SPDX-License-Identifier: Apache-2.0
// The POSIX segments, for the mains of posix/ and os/.
#ifndef SHMBED_POSIX_SEGMENT_H
#define SHMBED_POSIX_SEGMENT_H

#include "../common/run.h"

extern const struct segment_api posix_segment;
extern const bool posix_layouts[LAYOUT_COUNT];

#endif
