// SPDX-License-Identifier: Apache-2.0
// The loop of --serve: a command line per line of stdin, a result object per line of stdout (the contract's
// section 6).
#ifndef SHMBED_SERVE_H
#define SHMBED_SERVE_H

#include "run.h"

#define LINE_BYTES_MAX 65536
#define LINE_WORDS_MAX 256

// Until `quit` or the end of stdin. `argv` holds the words that stand before those of every line (argv[0] is
// the program).
int serve(const struct peer *peer, int argc, char **argv);

// Splits a line in place at blanks; single quotes keep them. Returns the number of words, or -1 with *why
// set.
int split_words(char *line, char **words, int words_max, const char **why);

#endif
