// SPDX-License-Identifier: Apache-2.0
// The result object of the contract's section 5.
#ifndef SHMBED_RESULT_H
#define SHMBED_RESULT_H

#include "run.h"

// The object as one line of JSON without a newline; free(3) it. NULL: out of memory.
char *result_json(const struct run *run);

#endif
