// SPDX-License-Identifier: Apache-2.0
// SHA-256 of a byte sequence as 64 lower-case hex digits and a NUL.
#ifndef SHMBED_SHA256_H
#define SHMBED_SHA256_H

#include <stdbool.h>
#include <stdint.h>

// False: the crypto library refused (out of memory, or a policy that forbids SHA-256).
bool sha256_hex(const unsigned char *bytes, uint64_t length, char hex[65]);

#endif
