// SPDX-License-Identifier: Apache-2.0
// The frame of every program: command line or --serve, one command, its result and exit code.
#ifndef SHMBED_PEER_H
#define SHMBED_PEER_H

#include "run.h"

// The main function of a program.
int peer_main(const struct peer *peer, int argc, char **argv);

// One command line of --serve; the answer is the result object (free it), NULL when memory ran out.
char *peer_answer(const struct peer *peer, int argc, char **argv);

// The answer to a line that is not even words.
char *peer_refuse(const struct peer *peer, const char *why);

#endif
