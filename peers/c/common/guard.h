// SPDX-License-Identifier: Apache-2.0
// A mapping whose object another process truncated raises SIGBUS on access (mmap(2)): here that becomes a
// return value.
#ifndef SHMBED_GUARD_H
#define SHMBED_GUARD_H

#include <stdbool.h>

void guard_install(void);

// Runs body(context). False: SIGBUS ended it half way. Not for nesting; the body holds no resource that it
// alone could free.
bool guard_run(void (*body)(void *context), void *context);

#endif
