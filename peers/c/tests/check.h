// SPDX-License-Identifier: Apache-2.0
// CHECK and RUN for the unit tests. A test's name is a sentence; the first failure ends the program.
#ifndef SHMBED_CHECK_H
#define SHMBED_CHECK_H

#include <stdio.h>
#include <stdlib.h>

static const char *current_test;

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: %s: not true: %s\n", __FILE__, __LINE__, current_test, #condition);      \
            exit(1);                                                                                         \
        }                                                                                                    \
    } while (0)

#define RUN(test) (current_test = #test, test())

#endif
