// SPDX-License-Identifier: Apache-2.0
// Channel `rtering`: two rte_rings of DPDK in the segment, looked at without a pause, as the data planes do
// that they are made for. Never sleeps: only for sides with a CPU each. librtering.so, which holds the calls,
// is loaded when first needed.
#include "channel.h"

#include "../clock.h"
#include "../error.h"
#include "../guard.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RING_MAGIC "RTERING"
#define LOOKS_PER_CLOCK 4096 // at a ring, between two looks at the clock, some 100 us
#define RING_STRUCT_BYTES_MAX (6 * 128)
#define REMEDY "sudo apt-get install --no-install-recommends libdpdk-dev && make -C peers/c"

// ---- the layout ----

// Offsets in struct rte_ring, all but the first ones by the cache line.
enum { FLAGS_AT = 32, MEMZONE_AT = 40, SIZE_AT = 48, MASK_AT = 52, CAPACITY_AT = 56 };
enum { HEAD_AT = 0, TAIL_AT = 4, SYNC_AT = 8 };

static uint32_t prod_at(uint32_t line_bytes)
{
    return 2 * line_bytes;
}

static uint32_t cons_at(uint32_t line_bytes)
{
    return 4 * line_bytes;
}

static uint32_t elements_at(uint32_t line_bytes)
{
    return 6 * line_bytes;
}

static uint64_t round_up(uint64_t bytes, uint64_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

static uint32_t element_bytes(bool index)
{
    return index ? 8 : DESCRIPTOR_BYTES;
}

static uint32_t table_slots(bool index, uint32_t count)
{
    return index ? 2 * count : 0;
}

// Room for a ring with either cache line.
static uint64_t ring_room(bool index, uint32_t count)
{
    return round_up(RING_STRUCT_BYTES_MAX + (uint64_t)count * element_bytes(index), 128);
}

static uint64_t block_part(bool index, uint32_t count)
{
    return RING_HEADER_BYTES + ring_room(index, count) +
           (uint64_t)table_slots(index, count) * RING_SLOT_BYTES;
}

static uint64_t ring_bytes(const struct ring_header *header)
{
    return round_up(elements_at(header->line_bytes) + (uint64_t)header->count * header->element_bytes,
                    header->line_bytes);
}

static uint32_t number_at(const unsigned char *ring, uint32_t offset)
{
    uint32_t number;
    memcpy(&number, ring + offset, sizeof number);
    return number;
}

const char *ring_check(const struct ring_header *header, const unsigned char *ring,
                       const struct rtering *wanted, bool index)
{
    const uint32_t line = header->line_bytes, sync_type = wanted->multi ? RING_SYNC_MT : RING_SYNC_ST;
    if (memcmp(header->magic, RING_MAGIC, sizeof header->magic) != 0)
        return "RING_MAGIC";
    if (header->version != RING_VERSION)
        return "RING_VERSION";
    if (line != 64 && line != 128)
        return "RING_LINE";
    if (header->element_bytes != wanted->element_bytes)
        return "RING_ELEMENT";
    if (header->count != wanted->count || header->table_slots != table_slots(index, wanted->count))
        return "RING_COUNT";
    if (header->ring_bytes != ring_bytes(header))
        return "RING_BYTES";
    if (number_at(ring, SIZE_AT) != wanted->count || number_at(ring, MASK_AT) != wanted->count - 1 ||
        number_at(ring, CAPACITY_AT) != wanted->count - 1)
        return "RING_SIZE";
    if (header->sync_type != sync_type || number_at(ring, prod_at(line) + SYNC_AT) != sync_type ||
        number_at(ring, cons_at(line) + SYNC_AT) != sync_type)
        return "RING_SYNC";
    if (number_at(ring, prod_at(line) + TAIL_AT) - number_at(ring, cons_at(line) + TAIL_AT) >
        wanted->count - 1)
        return "RING_COUNTERS";
    return NULL;
}

// ---- the SPEC ----

static bool parse_u32(const char *text, size_t length, uint64_t max, uint32_t *value)
{
    uint64_t number = 0;
    if (length < 1 || length > 10)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text[i] - '0');
    }
    *value = (uint32_t)number;
    return number <= max;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

static bool is_value(const char *text, size_t length, const char *name, uint64_t max, uint32_t *value)
{
    size_t used = strlen(name);
    return length > used && strncmp(text, name, used) == 0 &&
           parse_u32(text + used, length - used, max, value);
}

const char *ring_words_parse(const char *address, struct ring_words *words)
{
    *words = (struct ring_words){.count = RING_COUNT};
    if (*address == '\0')
        return NULL;
    for (const char *at = address;; at++) {
        size_t length = strcspn(at, ",");
        if (is_word(at, length, "mp"))
            words->multi = true;
        else if (is_word(at, length, "index"))
            words->index = true;
        else if (!is_value(at, length, "count=", RING_COUNT_MAX, &words->count) &&
                 !is_value(at, length, "start=", UINT32_MAX, &words->start))
            return "its words are mp, index, count=N and start=N, with commas between them";
        at += length;
        if (*at == '\0')
            break;
    }
    if (words->count < RING_COUNT_MIN || (words->count & (words->count - 1)) != 0)
        return "count=N: a power of two from 2 to 65536";
    return NULL;
}

static const char *rtering_check_address(const char *address)
{
    struct ring_words words;
    return ring_words_parse(address, &words);
}

static uint64_t rtering_block_bytes(const char *address)
{
    struct ring_words words;
    ring_words_parse(address, &words);
    return block_part(words.index, words.count) + block_part(words.index, RING_COUNT);
}

// ---- the library ----

static struct {
    void *handle;
    uint32_t line_bytes;
    int64_t (*bytes)(const struct rtering *ring);
    int (*create)(const struct rtering *ring, const char *name, uint32_t start);
    int (*enqueue)(const struct rtering *ring, const void *element);
    int (*dequeue)(const struct rtering *ring, void *element);
} dpdk;

// PROGRAM lies in peers/c/posix, sysv or os (or those under asan): the library's folder lies beside it.
static bool library_path(char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    for (int names = 0; names < 2; names++) {
        while (length > 0 && path[length - 1] != '/')
            length--;
        length--;
    }
    static const char name[] = "/rtering/librtering.so";
    if (length < 0 || (size_t)length + sizeof name > PATH_MAX)
        return false;
    memcpy(path + length, name, sizeof name);
    return true;
}

static void *symbol(const char *name)
{
    return dlsym(dpdk.handle, name);
}

static bool layout_fits(void)
{
    void (*layout)(uint32_t[RTERING_LAYOUT_FIELDS]);
    *(void **)&layout = symbol("rtering_layout");
    uint32_t has[RTERING_LAYOUT_FIELDS];
    layout(has);
    const uint32_t line = has[RTERING_LAYOUT_FIELDS - 1];
    const uint32_t wants[RTERING_LAYOUT_FIELDS] = {
        FLAGS_AT,
        MEMZONE_AT,
        SIZE_AT,
        MASK_AT,
        CAPACITY_AT,
        prod_at(line) + HEAD_AT,
        prod_at(line) + TAIL_AT,
        prod_at(line) + SYNC_AT,
        cons_at(line) + HEAD_AT,
        cons_at(line) + TAIL_AT,
        cons_at(line) + SYNC_AT,
        elements_at(line),
        line,
    };
    dpdk.line_bytes = line;
    return memcmp(has, wants, sizeof has) == 0;
}

static const char *rtering_missing(void)
{
    static char why[PATH_MAX + 300];
    char path[PATH_MAX];
    if (dpdk.handle != NULL)
        return NULL;
    if (!library_path(path))
        return "the path of this program is too long";
    if (access(path, F_OK) != 0) {
        snprintf(why, sizeof why, "DPDK not installed: " REMEDY);
        return why;
    }
    dpdk.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (dpdk.handle == NULL) {
        snprintf(why, sizeof why, "DPDK not installed, dlopen: %s: " REMEDY, dlerror());
        return why;
    }
    *(void **)&dpdk.bytes = symbol("rtering_bytes");
    *(void **)&dpdk.create = symbol("rtering_create");
    *(void **)&dpdk.enqueue = symbol("rtering_enqueue");
    *(void **)&dpdk.dequeue = symbol("rtering_dequeue");
    if (layout_fits())
        return NULL;
    dlclose(dpdk.handle);
    dpdk.handle = NULL;
    return "this DPDK's struct rte_ring has another layout than the contract's section 8";
}

// ---- the channel ----

// The two ends lie one after the other: to the reader, to the writer.
static void place(struct channel *channel, struct ring_words *words)
{
    ring_words_parse(channel->address, words);
    unsigned char *block = channel->run->segment.base + channel->run->header.channel_offset;
    struct ring_end *ends[2] = {channel->writer ? &channel->out_ring : &channel->in_ring,
                                channel->writer ? &channel->in_ring : &channel->out_ring};
    for (int to_writer = 0; to_writer < 2; to_writer++) {
        const uint32_t count = to_writer ? RING_COUNT : words->count;
        ends[to_writer]->ring = (struct rtering){
            .ring = block + RING_HEADER_BYTES,
            .count = count,
            .element_bytes = element_bytes(words->index),
            .multi = words->multi,
        };
        ends[to_writer]->table =
            words->index ? block + RING_HEADER_BYTES + ring_room(words->index, count) : NULL;
        block += block_part(words->index, count);
    }
}

struct creation {
    const struct rtering *ring;
    const char *name;
    uint32_t start;
    bool index;
    int number;
};

static void create_ring(void *context)
{
    struct creation *creation = context;
    const struct rtering *ring = creation->ring;
    struct ring_header header = {
        .magic = RING_MAGIC,
        .version = RING_VERSION,
        .line_bytes = dpdk.line_bytes,
        .element_bytes = ring->element_bytes,
        .count = ring->count,
        .sync_type = ring->multi ? RING_SYNC_MT : RING_SYNC_ST,
        .table_slots = table_slots(creation->index, ring->count),
        .ring_bytes = (uint64_t)dpdk.bytes(ring),
    };
    memcpy((unsigned char *)ring->ring - RING_HEADER_BYTES, &header, sizeof header);
    creation->number = dpdk.create(ring, creation->name, creation->start);
}

static bool ring_lost(struct channel *channel)
{
    return fail_because(channel->run, "ring", channel->run->segment.object, EFAULT,
                        "SIGBUS: the segment was truncated, or no memory is left for it");
}

static bool rtering_create_rings(struct channel *channel)
{
    struct ring_words words;
    place(channel, &words);
    for (int to_writer = 0; to_writer < 2; to_writer++) {
        struct creation creation = {
            .ring = to_writer ? &channel->in_ring.ring : &channel->out_ring.ring,
            .name = to_writer ? "shmbed.w" : "shmbed.r",
            .start = words.start,
            .index = words.index,
        };
        if (!guard_run(create_ring, &creation))
            return ring_lost(channel);
        if (creation.number != 0)
            return channel_fail(channel, "rte_ring_init", creation.number);
    }
    return true;
}

struct ring_copy {
    const struct rtering *from;
    struct ring_header header;
    unsigned char ring[RING_STRUCT_BYTES_MAX];
};

static void copy_ring(void *context)
{
    struct ring_copy *copy = context;
    memcpy(&copy->header, (const unsigned char *)copy->from->ring - RING_HEADER_BYTES, sizeof copy->header);
    memcpy(copy->ring, copy->from->ring, sizeof copy->ring);
}

// Both sides: the rings are what this side's SPEC says.
static bool rtering_open(struct channel *channel)
{
    struct ring_words words;
    place(channel, &words);
    const struct ring_end *ends[] = {&channel->in_ring, &channel->out_ring};
    for (int i = 0; i < 2; i++) {
        struct ring_copy copy = {.from = &ends[i]->ring};
        if (!guard_run(copy_ring, &copy))
            return ring_lost(channel);
        const char *rule = ring_check(&copy.header, copy.ring, &ends[i]->ring, words.index);
        if (rule == NULL && copy.header.line_bytes != dpdk.line_bytes)
            rule = "RING_LINE";
        if (rule != NULL)
            return channel_broken_rule(channel, "ring", rule);
    }
    return true;
}

static inline void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// After some looks in vain.
static bool may_go_on(struct channel *channel, int64_t deadline_ns)
{
    if (channel_abandoned(channel, "ring"))
        return false;
    if (clock_ns() >= deadline_ns)
        return channel_timeout(channel, "ring");
    sched_yield(); // where both sides share a CPU, the other one may need it
    return true;
}

static bool rtering_send(struct channel *channel, const struct descriptor *descriptor)
{
    struct ring_end *end = &channel->out_ring;
    const void *element = descriptor;
    uint64_t slot = end->done & (2 * end->ring.count - 1);
    if (end->table != NULL) {
        // Twice as many slots as the ring: the consumer may still be copying the one that it has just
        // dequeued.
        memcpy(end->table + slot * RING_SLOT_BYTES, descriptor, sizeof *descriptor);
        element = &slot;
    }
    for (;;) {
        for (int looks = 0; looks < LOOKS_PER_CLOCK; looks++) {
            int number = dpdk.enqueue(&end->ring, element);
            if (number == 0) {
                end->done++;
                return true;
            }
            if (number == EPROTO)
                return channel_broken(channel, "ring", EPROTO, "the ring's counters do not fit");
            relax();
        }
        if (!may_go_on(channel, channel->run->deadline_ns))
            return false;
    }
}

static bool take_element(struct channel *channel, struct descriptor *descriptor, uint64_t slot)
{
    const struct ring_end *end = &channel->in_ring;
    if (end->table == NULL)
        return true;
    if (slot >= 2 * (uint64_t)end->ring.count)
        return channel_broken_rule(channel, "ring", "RING_INDEX");
    memcpy(descriptor, end->table + slot * RING_SLOT_BYTES, sizeof *descriptor);
    return true;
}

static bool rtering_receive(struct channel *channel, struct descriptor *descriptor, int64_t deadline_ns)
{
    const struct ring_end *end = &channel->in_ring;
    uint64_t slot = 0;
    void *element = end->table == NULL ? (void *)descriptor : &slot;
    for (;;) {
        for (int looks = 0; looks < LOOKS_PER_CLOCK; looks++) {
            int number = dpdk.dequeue(&end->ring, element);
            if (number == 0)
                return take_element(channel, descriptor, slot);
            if (number == EPROTO)
                return channel_broken(channel, "ring", EPROTO, "the ring's counters do not fit");
            relax();
        }
        if (!may_go_on(channel, deadline_ns))
            return false;
    }
}

static bool rtering_arrived(struct channel *channel)
{
    const unsigned char *ring = channel->in_ring.ring.ring;
    const uint32_t *produced = (const uint32_t *)(ring + prod_at(dpdk.line_bytes) + TAIL_AT);
    const uint32_t *consumed = (const uint32_t *)(ring + cons_at(dpdk.line_bytes) + TAIL_AT);
    return __atomic_load_n(produced, __ATOMIC_ACQUIRE) != __atomic_load_n(consumed, __ATOMIC_RELAXED);
}

static void rtering_close(struct channel *channel)
{
    (void)channel; // the rings are part of the segment
}

const struct channel_api rtering_channel = {
    .name = "rtering",
    .block_bytes = rtering_block_bytes,
    .check_address = rtering_check_address,
    .missing = rtering_missing,
    .needs = "DPDK",
    .create = rtering_create_rings,
    .open = rtering_open,
    .send = rtering_send,
    .receive = rtering_receive,
    .arrived = rtering_arrived,
    .close = rtering_close,
};
