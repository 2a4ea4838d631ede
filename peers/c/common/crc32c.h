// SPDX-License-Identifier: Apache-2.0
// CRC32C (Castagnoli; RFC 3720, appendix B.4), with the processor's instruction where there is one.
#ifndef SHMBED_CRC32C_H
#define SHMBED_CRC32C_H

#include <stdbool.h>
#include <stdint.h>

uint32_t crc32c(const unsigned char *bytes, uint64_t length);

// For the tests: by tables, whatever the processor can do; and whether crc32c() uses an instruction here.
uint32_t crc32c_by_table(const unsigned char *bytes, uint64_t length);
bool crc32c_has_instruction(void);

#endif
