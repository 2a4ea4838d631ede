// SPDX-License-Identifier: Apache-2.0
// Eight bytes a step in both ways: slicing-by-8 tables, or the crc32 instruction of SSE4.2 and ARMv8.
#include "crc32c.h"

#include <string.h>

#define POLYNOMIAL 0x82f63b78u // 0x1edc6f41, reflected

static uint32_t tables[8][256];

static void make_tables(void)
{
    if (tables[0][1] != 0)
        return;
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
        tables[0][byte] = crc;
    }
    for (int table = 1; table < 8; table++)
        for (int byte = 0; byte < 256; byte++) {
            uint32_t before = tables[table - 1][byte];
            tables[table][byte] = (before >> 8) ^ tables[0][before & 0xff];
        }
}

static uint64_t load(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

uint32_t crc32c_by_table(const unsigned char *bytes, uint64_t length)
{
    make_tables();
    uint32_t crc = UINT32_MAX;
    for (; length >= 8; length -= 8, bytes += 8) {
        uint64_t word = load(bytes) ^ crc;
        crc = 0;
        for (int table = 0; table < 8; table++)
            crc ^= tables[7 - table][word >> (8 * table) & 0xff];
    }
    for (; length > 0; length--, bytes++)
        crc = (crc >> 8) ^ tables[0][(crc ^ *bytes) & 0xff];
    return ~crc;
}

#if defined(__x86_64__)

#include <nmmintrin.h>

bool crc32c_has_instruction(void)
{
    return __builtin_cpu_supports("sse4.2");
}

__attribute__((target("sse4.2"))) static uint32_t by_instruction(const unsigned char *bytes, uint64_t length)
{
    uint64_t crc = UINT32_MAX;
    for (; length >= 8; length -= 8, bytes += 8)
        crc = _mm_crc32_u64(crc, load(bytes));
    for (; length > 0; length--, bytes++)
        crc = _mm_crc32_u8((uint32_t)crc, *bytes);
    return ~(uint32_t)crc;
}

#elif defined(__aarch64__)

#include <asm/hwcap.h>
#include <sys/auxv.h>

bool crc32c_has_instruction(void)
{
    return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
}

// Assembly, since arm_acle.h offers the intrinsic only where the whole file is compiled for it.
static uint32_t by_instruction(const unsigned char *bytes, uint64_t length)
{
    uint32_t crc = UINT32_MAX;
    for (; length >= 8; length -= 8, bytes += 8)
        __asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %x1" : "+r"(crc) : "r"(load(bytes)));
    for (; length > 0; length--, bytes++)
        __asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1" : "+r"(crc) : "r"((uint32_t)*bytes));
    return ~crc;
}

#else

bool crc32c_has_instruction(void)
{
    return false;
}

#define by_instruction crc32c_by_table

#endif

uint32_t crc32c(const unsigned char *bytes, uint64_t length)
{
    return crc32c_has_instruction() ? by_instruction(bytes, length) : crc32c_by_table(bytes, length);
}
