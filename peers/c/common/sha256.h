// SPDX-License-Identifier: Apache-2.0
// SHA-256 of a byte sequence that comes in pieces, as 64 lower-case hex digits and a NUL.
#ifndef SHMBED_SHA256_H
#define SHMBED_SHA256_H

#include <stdbool.h>
#include <stdint.h>

struct sha256 {
    void *context;
};

// Each is false when the crypto library refuses (out of memory, or a policy that forbids SHA-256).
bool sha256_begin(struct sha256 *sha256);
bool sha256_add(struct sha256 *sha256, const unsigned char *bytes, uint64_t length);
bool sha256_end(struct sha256 *sha256, char hex[65]);
// After any of them, and twice if need be.
void sha256_free(struct sha256 *sha256);

#endif
