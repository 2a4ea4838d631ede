// SPDX-License-Identifier: Apache-2.0
// The talk of the two measuring programs with the harness: a request is one line of stdin, its words
// separated by tabs (so that a path may hold blanks); the answer is one JSON object on one line of stdout.
#ifndef SHMBED_STORAGE_LINES_H
#define SHMBED_STORAGE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_WORDS 64

struct request {
    char *words[MAX_WORDS + 1]; // NULL after the last
    int count;
};

// Ends on end of input, on `quit`, and on SIGTERM and SIGHUP. Ctrl-C reaches every process of the terminal:
// it is left to the harness, which then closes stdin. Returns false at the end.
bool next_request(struct request *request);
void prepare_signals(void);

// A whole number of at least 1; 0 when the word is something else.
int64_t positive_number(const char *word);

// The answers. Text is escaped.
void answer_error(const char *call, const char *object, int number);
void answer_unsupported(const char *reason);
void answer_usage(const char *message);

// The parts of an answer that succeeds: begin, any of the members, end. Members follow in any number.
void answer_begin(void);
void answer_number(const char *name, int64_t value);
void answer_object_begin(const char *name);
void answer_object_end(void);
void answer_numbers(const char *name, const int64_t *values, size_t count);
// Values divided by a divisor (operations of one sample), one decimal.
void answer_quotients(const char *name, const int64_t *values, size_t count, int64_t divisor);
void answer_end(void);

#endif
