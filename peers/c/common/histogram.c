// SPDX-License-Identifier: Apache-2.0
// Buckets of doubling width, each of 2048 linear steps of which the upper half counts (the first bucket:
// all): 3 digits everywhere.
#include "histogram.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define DIGITS 3
#define STEPS 2048 // the power of two that is at least 2 * 10^3
#define HALF_STEPS (STEPS / 2)
#define STEP_BITS 11
#define BUCKETS 32 // 2048 * 2^31 is the first above HISTOGRAM_MAX
#define COUNTS ((BUCKETS + 1) * HALF_STEPS)

#define V2_COOKIE 0x1c849313u
#define V2_COMPRESSED_COOKIE 0x1c849314u
#define V2_HEADER_BYTES 40
#define COMPRESSED_HEADER_BYTES 8
#define VARINT_BYTES_MAX 9

struct histogram {
    uint64_t total;
    int64_t max;
    int64_t counts[COUNTS];
};

struct histogram *histogram_new(void)
{
    struct histogram *histogram = malloc(sizeof *histogram);
    if (histogram != NULL)
        explicit_bzero(histogram,
                       sizeof *histogram); // memset would become calloc, whose pages nobody has touched
    return histogram;
}

void histogram_free(struct histogram *histogram)
{
    free(histogram);
}

static int bucket_of(int64_t ns)
{
    int bits = 64 - __builtin_clzll((uint64_t)ns | (STEPS - 1));
    return bits - STEP_BITS;
}

static int index_of(int64_t ns)
{
    int bucket = bucket_of(ns);
    return bucket * HALF_STEPS + (int)(ns >> bucket);
}

// The largest value that is counted at this index.
static int64_t highest_at(int index)
{
    int bucket = index / HALF_STEPS - 1;
    int64_t step = index % HALF_STEPS + HALF_STEPS;
    if (bucket < 0) {
        bucket = 0;
        step = index;
    }
    return ((step + 1) << bucket) - 1;
}

void histogram_record(struct histogram *histogram, int64_t ns)
{
    if (ns > HISTOGRAM_MAX)
        ns = HISTOGRAM_MAX;
    histogram->counts[index_of(ns)]++;
    histogram->total++;
    if (ns > histogram->max)
        histogram->max = ns;
}

uint64_t histogram_count(const struct histogram *histogram)
{
    return histogram->total;
}

int64_t histogram_median(const struct histogram *histogram)
{
    const uint64_t wanted = (histogram->total + 1) / 2;
    uint64_t seen = 0;
    for (int index = 0; index < COUNTS && wanted > 0; index++) {
        seen += (uint64_t)histogram->counts[index];
        if (seen >= wanted)
            return highest_at(index);
    }
    return 0;
}

static unsigned char *put_big_endian(unsigned char *to, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--, value >>= 8)
        to[i] = (unsigned char)value;
    return to + bytes;
}

// ZigZag LEB128 of at most 9 bytes: the ninth carries 8 bits.
static unsigned char *put_varint(unsigned char *to, int64_t value)
{
    uint64_t zigzag = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
    for (int i = 0; i < VARINT_BYTES_MAX - 1 && zigzag >= 0x80; i++, zigzag >>= 7)
        *to++ = (unsigned char)(zigzag | 0x80);
    *to++ = (unsigned char)zigzag;
    return to;
}

// Counts up to that of the largest value; a run of zeros is one negative number.
static unsigned char *put_counts(unsigned char *to, const struct histogram *histogram)
{
    const int limit = index_of(histogram->max) + 1;
    for (int index = 0; index < limit;) {
        int64_t count = histogram->counts[index++];
        if (count == 0) {
            count = -1;
            for (; index < limit && histogram->counts[index] == 0; index++)
                count--;
        }
        to = put_varint(to, count);
    }
    return to;
}

static uint64_t encode(const struct histogram *histogram, unsigned char *to)
{
    const unsigned char *end = put_counts(to + V2_HEADER_BYTES, histogram);
    const double ratio = 1;
    uint64_t ratio_bits;
    memcpy(&ratio_bits, &ratio, sizeof ratio_bits);
    unsigned char *at = put_big_endian(to, V2_COOKIE, 4);
    at = put_big_endian(at, (uint64_t)(end - to - V2_HEADER_BYTES), 4);
    at = put_big_endian(at, 0, 4); // normalizing index offset
    at = put_big_endian(at, DIGITS, 4);
    at = put_big_endian(at, 1, 8); // lowest discernible value
    at = put_big_endian(at, HISTOGRAM_MAX, 8);
    put_big_endian(at, ratio_bits, 8); // integer to double conversion ratio
    return (uint64_t)(end - to);
}

char *histogram_encode(const struct histogram *histogram)
{
    const uLong plain_max = V2_HEADER_BYTES + COUNTS * VARINT_BYTES_MAX;
    uLongf packed_bytes = compressBound(plain_max);
    unsigned char *plain = malloc(plain_max);
    unsigned char *packed = malloc(COMPRESSED_HEADER_BYTES + packed_bytes);
    unsigned char *text = NULL;
    if (plain != NULL && packed != NULL) {
        uint64_t plain_bytes = encode(histogram, plain);
        if (compress(packed + COMPRESSED_HEADER_BYTES, &packed_bytes, plain, plain_bytes) == Z_OK) {
            put_big_endian(packed, V2_COMPRESSED_COOKIE, 4);
            put_big_endian(packed + 4, packed_bytes, 4);
            packed_bytes += COMPRESSED_HEADER_BYTES;
            text = malloc((packed_bytes + 2) / 3 * 4 + 1);
            if (text != NULL)
                EVP_EncodeBlock(text, packed, (int)packed_bytes);
        }
    }
    free(plain);
    free(packed);
    return (char *)text;
}
