// SPDX-License-Identifier: Apache-2.0
// A histogram of HdrHistogram's kind: 1 ns to 3600 s with 3 significant decimal digits, in fixed memory.
// Recording allocates nothing. The text form is HdrHistogram's V2 encoding, compressed, in base64: any
// HdrHistogram library decodes it.
#ifndef SHMBED_HISTOGRAM_H
#define SHMBED_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_MAX INT64_C(3600000000000) // ns; a longer time is recorded as this one

struct histogram;

// Its memory is touched here. NULL: out of memory.
struct histogram *histogram_new(void);
void histogram_free(struct histogram *histogram);

// `ns` not negative.
void histogram_record(struct histogram *histogram, int64_t ns);
uint64_t histogram_count(const struct histogram *histogram);

// The value that half of the recorded ones do not exceed, rounded up within the 3 digits; 0 if there is none.
int64_t histogram_median(const struct histogram *histogram);

// Free(3) it. NULL: out of memory.
char *histogram_encode(const struct histogram *histogram);

#endif
