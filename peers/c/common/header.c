// SPDX-License-Identifier: Apache-2.0
// Plans, signs and checks headers. Offsets are only ever compared and subtracted in an order that cannot
// wrap.
#include "header.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define MAGIC "SHMBED"

static uint64_t round_up(uint64_t bytes)
{
    return (bytes + HEADER_ALIGN - 1) / HEADER_ALIGN * HEADER_ALIGN;
}

void header_plan(struct header *header, uint64_t message_size, uint64_t slot_count, uint64_t channel_bytes)
{
    header->channel_offset = channel_bytes == 0 ? 0 : HEADER_BYTES;
    header->payload_offset = HEADER_BYTES + round_up(channel_bytes);
    header->slot_size = round_up(message_size);
    header->slot_count = slot_count;
    header->segment_size = header->payload_offset + slot_count * header->slot_size;
}

// Reads a small file of /proc whole. The text is empty if that fails.
static void read_text(const char *path, char *text, size_t text_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd == -1 ? 0 : read(fd, text, text_bytes - 1);
    text[length > 0 ? length : 0] = '\0';
    if (fd != -1)
        close(fd);
}

// Field 22 of /proc/self/stat. Field 2, the program's name, may hold blanks: count from the parenthesis that
// ends it.
static uint64_t own_start_time(void)
{
    char text[1024];
    unsigned long long ticks = 0;
    read_text("/proc/self/stat", text, sizeof text);
    const char *after_name = strrchr(text, ')');
    if (after_name != NULL)
        sscanf(after_name + 1,
               "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &ticks);
    return ticks;
}

static void own_boot_id(unsigned char boot_id[16])
{
    char text[64];
    read_text("/proc/sys/kernel/random/boot_id", text, sizeof text);
    const char *at = text;
    memset(boot_id, 0, 16);
    for (size_t i = 0; i < 16; i++) {
        unsigned byte = 0;
        at += *at == '-';
        if (at[0] == '\0' || at[1] == '\0' || sscanf(at, "%2x", &byte) != 1)
            return;
        boot_id[i] = (unsigned char)byte;
        at += 2;
    }
}

bool header_sign(struct header *header)
{
    memcpy(header->magic, MAGIC, sizeof header->magic);
    header->version = HEADER_VERSION;
    header->header_size = HEADER_BYTES;
    header->flags = 0;
    header->generation = 0;
    while (header->generation == 0)
        if (getrandom(&header->generation, sizeof header->generation, 0) != sizeof header->generation)
            return false;
    header->creator_pid = (uint64_t)getpid();
    header->creator_start_time = own_start_time();
    own_boot_id(header->boot_id);
    memset(header->reserved, 0, sizeof header->reserved);
    return true;
}

static bool offsets_are_sound(const struct header *header, uint64_t channel_bytes)
{
    const uint64_t size = header->segment_size;
    if (header->payload_offset % HEADER_ALIGN != 0 || header->payload_offset < HEADER_BYTES ||
        header->payload_offset > size)
        return false;
    if (header->channel_offset == 0 && channel_bytes != 0)
        return false;
    if (header->channel_offset != 0 &&
        (header->channel_offset % HEADER_ALIGN != 0 || header->channel_offset < HEADER_BYTES ||
         header->channel_offset > header->payload_offset ||
         channel_bytes > header->payload_offset - header->channel_offset))
        return false;
    return header->slot_size % HEADER_ALIGN == 0 && header->slot_count >= 1 &&
           header->slot_count <= SLOT_COUNT_MAX &&
           header->slot_size <= (size - header->payload_offset) / header->slot_count;
}

const char *header_check(const struct header *header, uint64_t real_size, uint64_t channel_bytes)
{
    if (memcmp(header->magic, MAGIC, sizeof header->magic) != 0)
        return "HEADER_MAGIC";
    if (header->version != HEADER_VERSION)
        return "HEADER_VERSION";
    if (header->header_size != HEADER_BYTES)
        return "HEADER_SIZE";
    if (header->segment_size < HEADER_BYTES || header->segment_size > real_size)
        return "SEGMENT_SIZE";
    if (header->generation == 0)
        return "HEADER_GENERATION";
    if (!offsets_are_sound(header, channel_bytes))
        return "HEADER_OFFSET";
    return NULL;
}

uint64_t header_slot_offset(const struct header *header, uint64_t seq)
{
    return header->payload_offset + (seq - 1) % header->slot_count * header->slot_size;
}
