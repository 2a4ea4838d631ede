// SPDX-License-Identifier: Apache-2.0
// Errors as values: the call, the object, the errno's name and what to do (the contract's section 3).
#ifndef SHMBED_ERROR_H
#define SHMBED_ERROR_H

#include "run.h"

// Records the error that ends this command (the first one stays) and returns false, so that a caller can say
// `return fail(..)`. The remedy comes from a table; for a pair of call and errno that is not in it, from
// strerror(3).
bool fail(struct run *run, const char *call, const char *object, int number);

// The same with a remedy of its own.
bool fail_because(struct run *run, const char *call, const char *object, int number, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

// For a rule of the contract's section 7, `name`, that the other side broke.
bool fail_rule(struct run *run, const char *call, const char *object, int number, const char *name);

// The `call` of an error that is a rule of the layout in use, not a system call: `classic` or `header`.
const char *layout_rule(const struct run *run);

// The name of an errno, `EINVAL`; `E<number>` for one that has none here. The text lives until the next call.
const char *errno_name(int number);

#endif
