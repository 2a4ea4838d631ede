// SPDX-License-Identifier: Apache-2.0
// Unit tests of the framed layout: golden bytes, headers, descriptors and rings that lie, lanes, CRC32C,
// histograms, when messages are due.
#include "check.h"

#include "../common/channel/lane.h"
#include "../common/channel/rtering.h"
#include "../common/crc32c.h"
#include "../common/histogram.h"
#include "../common/pace.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <zlib.h>

#define GENERATION UINT64_C(0x0123456789abcdef)

// A file of peers/golden: hex digits and blanks; from a # to the end of its line is a comment.
static size_t read_golden(const char *name, unsigned char *bytes, size_t room)
{
    char path[100];
    snprintf(path, sizeof path, "../golden/%s", name);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    char line[1024];
    size_t length = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "#")] = '\0';
        unsigned byte;
        int used;
        for (const char *at = line; sscanf(at, " %2x%n", &byte, &used) == 1; at += used) {
            CHECK(length < room);
            bytes[length++] = (unsigned char)byte;
        }
    }
    fclose(file);
    return length;
}

// The values that golden/framed.hex documents: 4 slots behind the lanes, some bytes to spare.
static struct header golden_header(void)
{
    struct header header = {
        .magic = {'S', 'H', 'M', 'B', 'E', 'D'},
        .version = 1,
        .header_size = 128,
        .segment_size = 73728,
        .generation = GENERATION,
        .creator_pid = 4711,
        .creator_start_time = 987654321,
        .boot_id = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee,
                    0xff},
        .state = STATE_READY,
        .sequence = 42,
        .channel_offset = 128,
        .payload_offset = 8832,
        .slot_size = 16128,
        .slot_count = 4,
    };
    return header;
}

// Message 42 of it, as golden/descriptor.hex has its acknowledgement.
static struct descriptor golden_descriptor(void)
{
    struct descriptor descriptor = {
        .seq = 42,
        .offset = 24960,
        .length = 16000,
        .generation = GENERATION,
        .sent_ns = INT64_C(-1234567890123456789),
        .crc32c = 0xe3069283,
        .flags = FLAG_CRC32C,
    };
    return descriptor;
}

static void a_header_has_the_golden_bytes(void)
{
    unsigned char bytes[HEADER_BYTES];
    const struct header header = golden_header();
    CHECK(read_golden("framed.hex", bytes, sizeof bytes) == HEADER_BYTES);
    CHECK(memcmp(bytes, &header, HEADER_BYTES) == 0);
    CHECK(header_check(&header, 73728, LANES_BYTES) == NULL);
    CHECK(header_slot_offset(&header, 42) == golden_descriptor().offset);
    CHECK(header_slot_offset(&header, 1) == header.payload_offset);
}

static void a_descriptor_has_the_golden_bytes(void)
{
    unsigned char bytes[DESCRIPTOR_BYTES];
    const struct header header = golden_header();
    struct descriptor descriptor = golden_descriptor();
    int number;
    CHECK(descriptor_check(&descriptor, &header, 41, false, &number) == NULL);
    descriptor.flags |= FLAG_ACKNOWLEDGEMENT;
    CHECK(read_golden("descriptor.hex", bytes, sizeof bytes) == DESCRIPTOR_BYTES);
    CHECK(memcmp(bytes, &descriptor, DESCRIPTOR_BYTES) == 0);
    CHECK(acknowledgement_check(&descriptor, &header, 41, &number) == NULL);
    CHECK(crc32c((const unsigned char *)"123456789", 9) == descriptor.crc32c);
}

static void a_planned_header_is_sound_and_just_as_large_as_needed(void)
{
    struct header header = {0};
    CHECK(header_sign(&header));
    header_plan(&header, 1000, 8, LANES_BYTES);
    CHECK(header.slot_size == 1024 && header.segment_size == 128 + 8704 + 8 * 1024);
    CHECK(header_check(&header, header.segment_size, LANES_BYTES) == NULL);
    CHECK(header.creator_pid != 0 && header.creator_start_time != 0);
    header_plan(&header, 0, 1, 0);
    CHECK(header.segment_size == 128 && header.channel_offset == 0);
    CHECK(header_check(&header, 128, 0) == NULL);
    CHECK(strcmp(header_check(&header, 128, LANES_BYTES), "HEADER_OFFSET") == 0); // the lanes are missing
    const uint64_t generation = header.generation;
    CHECK(header_sign(&header) && header.generation != generation);
    header_plan(&header, UINT64_C(5) << 30, 2, 0);
    CHECK(header.segment_size == 128 + (UINT64_C(10) << 30));
    CHECK(header_check(&header, header.segment_size, 0) == NULL);
}

static const char *check_changed(void (*change)(struct header *header))
{
    struct header header = golden_header();
    change(&header);
    return header_check(&header, 73728, LANES_BYTES);
}

#define CHANGE(name, statement)                                                                              \
    static void name(struct header *header)                                                                  \
    {                                                                                                        \
        header->statement;                                                                                   \
    }
CHANGE(wrong_magic, magic[5] = 'd')
CHANGE(wrong_version, version = 2)
CHANGE(wrong_endianness, version = 0x0100)
CHANGE(wrong_header_size, header_size = 64)
CHANGE(too_large, segment_size = 73729)
CHANGE(too_small, segment_size = 127)
CHANGE(largest, segment_size = UINT64_MAX)
CHANGE(no_generation, generation = 0)
CHANGE(no_channel, channel_offset = 0)
CHANGE(crooked_channel, channel_offset = 64)
CHANGE(channel_in_payload, channel_offset = 256)
CHANGE(channel_far_away, channel_offset = UINT64_MAX - 127)
CHANGE(crooked_payload, payload_offset = 8833)
CHANGE(payload_in_header, payload_offset = 0)
CHANGE(payload_far_away, payload_offset = UINT64_MAX - 127)
CHANGE(crooked_slots, slot_size = 100)
CHANGE(no_slots, slot_count = 0)
CHANGE(too_many_slots, slot_count = 9)
CHANGE(slots_too_large, slot_size = 16384)
CHANGE(slots_that_wrap, slot_size = UINT64_C(1) << 62)

static void each_lie_in_a_header_has_its_name(void)
{
    static const struct {
        void (*change)(struct header *header);
        const char *name;
    } lies[] = {
        {wrong_magic, "HEADER_MAGIC"},
        {wrong_version, "HEADER_VERSION"},
        {wrong_endianness, "HEADER_VERSION"},
        {wrong_header_size, "HEADER_SIZE"},
        {too_large, "SEGMENT_SIZE"},
        {too_small, "SEGMENT_SIZE"},
        {largest, "SEGMENT_SIZE"},
        {no_generation, "HEADER_GENERATION"},
        {no_channel, "HEADER_OFFSET"},
        {crooked_channel, "HEADER_OFFSET"},
        {channel_in_payload, "HEADER_OFFSET"},
        {channel_far_away, "HEADER_OFFSET"},
        {crooked_payload, "HEADER_OFFSET"},
        {payload_in_header, "HEADER_OFFSET"},
        {payload_far_away, "HEADER_OFFSET"},
        {crooked_slots, "HEADER_OFFSET"},
        {no_slots, "HEADER_OFFSET"},
        {too_many_slots, "HEADER_OFFSET"},
        {slots_too_large, "HEADER_OFFSET"},
        {slots_that_wrap, "HEADER_OFFSET"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        const char *name = check_changed(lies[i].change);
        CHECK(name != NULL && strcmp(name, lies[i].name) == 0);
    }
}

static void each_lie_in_a_descriptor_has_its_name(void)
{
    static const struct {
        struct descriptor lie; // fields that are not 0 replace those of message 42
        const char *name;
        int number;
    } lies[] = {
        {{.generation = GENERATION + 1}, "STALE_GENERATION", ESTALE},
        {{.generation = 1, .seq = 41, .offset = UINT64_MAX},
         "STALE_GENERATION",
         ESTALE}, // the first rule wins
        {{.seq = 41}, "SEQUENCE_REPEATED", EBADMSG},
        {{.seq = 1}, "SEQUENCE_REPEATED", EBADMSG},
        {{.seq = 43}, "SEQUENCE_GAP", EBADMSG},
        {{.seq = UINT64_MAX}, "SEQUENCE_GAP", EBADMSG},
        {{.offset = 73729}, "DESCRIPTOR_BOUNDS", EBADMSG},
        {{.offset = UINT64_MAX}, "DESCRIPTOR_BOUNDS", EBADMSG},
        {{.offset = 73728, .length = 1}, "DESCRIPTOR_BOUNDS", EBADMSG},
        {{.length = UINT64_MAX}, "DESCRIPTOR_BOUNDS", EBADMSG},
        {{.length = UINT64_MAX - 24959}, "DESCRIPTOR_BOUNDS", EBADMSG}, // offset + length wraps to 0
        {{.offset = 8831}, "DESCRIPTOR_BOUNDS", EBADMSG},
        {{.offset = 1, .length = 1}, "DESCRIPTOR_BOUNDS", EBADMSG},
        {{.length = 16129}, "DESCRIPTOR_BOUNDS", EBADMSG},
        {{.flags = 5}, "DESCRIPTOR_FLAGS", EBADMSG},
        {{.flags = FLAG_CRC32C | FLAG_ACKNOWLEDGEMENT}, "DESCRIPTOR_FLAGS", EBADMSG},
    };
    const struct header header = golden_header();
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct descriptor descriptor = golden_descriptor();
        const struct descriptor *lie = &lies[i].lie;
        int number = 0;
        descriptor.generation = lie->generation != 0 ? lie->generation : descriptor.generation;
        descriptor.seq = lie->seq != 0 ? lie->seq : descriptor.seq;
        descriptor.offset = lie->offset != 0 ? lie->offset : descriptor.offset;
        descriptor.length = lie->length != 0 ? lie->length : descriptor.length;
        descriptor.flags = lie->flags != 0 ? lie->flags : descriptor.flags;
        const char *name = descriptor_check(&descriptor, &header, 41, false, &number);
        CHECK(name != NULL && strcmp(name, lies[i].name) == 0 && number == lies[i].number);
    }
}

static void a_payload_that_follows_on_the_channel_has_no_offset_and_fits_a_slot(void)
{
    const struct header header = golden_header();
    struct descriptor descriptor = golden_descriptor();
    int number;
    CHECK(strcmp(descriptor_check(&descriptor, &header, 41, true, &number), "DESCRIPTOR_BOUNDS") == 0);
    descriptor.offset = 0;
    CHECK(descriptor_check(&descriptor, &header, 41, true, &number) == NULL);
    CHECK(strcmp(descriptor_check(&descriptor, &header, 41, false, &number), "DESCRIPTOR_BOUNDS") == 0);
    descriptor.length = header.slot_size;
    CHECK(descriptor_check(&descriptor, &header, 41, true, &number) == NULL);
    descriptor.length++;
    CHECK(strcmp(descriptor_check(&descriptor, &header, 41, true, &number), "DESCRIPTOR_BOUNDS") == 0);
}

static void an_acknowledgement_must_be_of_the_oldest_message(void)
{
    const struct header header = golden_header();
    struct descriptor descriptor = golden_descriptor();
    int number;
    CHECK(strcmp(acknowledgement_check(&descriptor, &header, 41, &number), "DESCRIPTOR_FLAGS") == 0);
    descriptor.flags |= FLAG_ACKNOWLEDGEMENT;
    CHECK(acknowledgement_check(&descriptor, &header, 41, &number) == NULL);
    CHECK(strcmp(acknowledgement_check(&descriptor, &header, 42, &number), "SEQUENCE_REPEATED") == 0);
    CHECK(strcmp(acknowledgement_check(&descriptor, &header, 40, &number), "SEQUENCE_GAP") == 0);
    descriptor.generation++;
    CHECK(strcmp(acknowledgement_check(&descriptor, &header, 41, &number), "STALE_GENERATION") == 0);
}

static void a_lane_keeps_order_and_refuses_the_65th(void)
{
    static struct lane lane;
    struct lane_end producer = {.lane = &lane}, consumer = {.lane = &lane};
    struct descriptor descriptor = golden_descriptor(), copy;
    CHECK(lane_consume(&consumer, &copy) == LANE_EMPTY && !lane_arrived(&consumer));
    for (uint64_t round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < LANE_SLOTS; i++) {
            descriptor.seq = round * LANE_SLOTS + i;
            CHECK(lane_publish(&producer, &descriptor));
        }
        CHECK(!lane_publish(&producer, &descriptor));
        for (uint64_t i = 0; i < LANE_SLOTS; i++) {
            CHECK(lane_arrived(&consumer));
            CHECK(lane_consume(&consumer, &copy) == LANE_TAKEN);
            CHECK(copy.seq == round * LANE_SLOTS + i);
        }
        CHECK(lane_consume(&consumer, &copy) == LANE_EMPTY);
    }
    CHECK(lane.tail == 192 && lane.head == 192);
}

static void a_lane_whose_counters_lie_is_broken(void)
{
    static struct lane lane;
    struct lane_end producer = {.lane = &lane}, consumer = {.lane = &lane};
    struct descriptor descriptor = golden_descriptor();
    lane.tail = LANE_SLOTS + 1;
    CHECK(lane_consume(&consumer, &descriptor) == LANE_BROKEN);
    lane.tail = UINT64_MAX;
    CHECK(lane_consume(&consumer, &descriptor) == LANE_BROKEN);
    lane.head = 1; // more consumed than published
    CHECK(!lane_publish(&producer, &descriptor));
}

static void put_number(unsigned char *ring, uint32_t offset, uint32_t number)
{
    memcpy(ring + offset, &number, sizeof number);
}

// A ring of 64 descriptors with 64-byte cache lines, as its header and its first bytes say it.
static void sound_ring(struct ring_header *header, unsigned char *ring)
{
    *header = (struct ring_header){
        .magic = "RTERING",
        .version = 1,
        .line_bytes = 64,
        .element_bytes = 48,
        .count = 64,
        .sync_type = RING_SYNC_ST,
        .ring_bytes = 6 * 64 + 64 * 48,
    };
    memset(ring, 0, 768);
    put_number(ring, 48, 64);
    put_number(ring, 52, 63);
    put_number(ring, 56, 63);
    put_number(ring, 128 + 4, 5); // prod: the tail has gone over 2^32
    put_number(ring, 128 + 8, RING_SYNC_ST);
    put_number(ring, 256 + 4, (uint32_t)-58); // cons: 63 elements wait
    put_number(ring, 256 + 8, RING_SYNC_ST);
}

static void each_lie_in_a_ring_has_its_name(void)
{
    const struct rtering wanted = {.count = 64, .element_bytes = 48};
    static const struct {
        uint32_t offset, value; // in the header, or from 128 on in the ring
        const char *name;
    } lies[] = {
        {0, 0, "RING_MAGIC"},
        {8, 2, "RING_VERSION"},
        {12, 0, "RING_LINE"},
        {12, 63, "RING_LINE"},
        {16, 8, "RING_ELEMENT"},
        {20, 128, "RING_COUNT"},
        {28, 128, "RING_COUNT"},
        {32, 0, "RING_BYTES"},
        {36, 1, "RING_BYTES"},
        {128 + 48, 32, "RING_SIZE"},
        {128 + 52, ~0u, "RING_SIZE"},
        {128 + 56, 64, "RING_SIZE"},
        {24, RING_SYNC_MT, "RING_SYNC"},
        {256 + 8, 3, "RING_SYNC"},
        {384 + 8, 0, "RING_SYNC"},
        {256 + 4, 6, "RING_COUNTERS"},
        {384 + 4, 6, "RING_COUNTERS"},
    };
    struct ring_header header;
    unsigned char ring[768];
    sound_ring(&header, ring);
    CHECK(ring_check(&header, ring, &wanted, false) == NULL);
    CHECK(strcmp(ring_check(&header, ring, &wanted, true), "RING_COUNT") == 0); // no table
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        sound_ring(&header, ring);
        if (lies[i].offset < RING_HEADER_BYTES)
            put_number((unsigned char *)&header, lies[i].offset, lies[i].value);
        else
            put_number(ring, lies[i].offset - RING_HEADER_BYTES, lies[i].value);
        const char *name = ring_check(&header, ring, &wanted, false);
        CHECK(name != NULL && strcmp(name, lies[i].name) == 0);
    }
}

static void crc32c_agrees_with_rfc_3720_in_both_ways(void)
{
    unsigned char bytes[48 + 7];
    static const struct {
        unsigned char first, step;
        uint32_t crc;
    } vectors[] = {{0x00, 0, 0x8a9136aa}, {0xff, 0, 0x62a8ab43}, {0x00, 1, 0x46dd794e}};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        for (unsigned byte = 0; byte < 32; byte++)
            bytes[byte] = (unsigned char)(vectors[i].first + byte * vectors[i].step);
        CHECK(crc32c(bytes, 32) == vectors[i].crc);
        CHECK(crc32c_by_table(bytes, 32) == vectors[i].crc);
    }
    CHECK(crc32c(bytes, 0) == 0 && crc32c_by_table(bytes, 0) == 0);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 + 11);
    for (size_t begin = 0; begin < 8; begin++)
        for (size_t length = 0; begin + length <= sizeof bytes; length++)
            CHECK(crc32c(bytes + begin, length) == crc32c_by_table(bytes + begin, length));
}

static const int64_t recorded_ns[] = {0,    1,    1,      1,      2047,      2048,
                                      4095, 4096, 100000, 100000, 123456789, HISTOGRAM_MAX};

static struct histogram *example_histogram(void)
{
    struct histogram *histogram = histogram_new();
    CHECK(histogram != NULL && histogram_median(histogram) == 0);
    for (size_t i = 0; i < sizeof recorded_ns / sizeof recorded_ns[0]; i++)
        histogram_record(histogram, recorded_ns[i]);
    for (int i = 0; i < 70000; i++)
        histogram_record(histogram, 5000);
    return histogram;
}

static void a_histogram_keeps_three_digits(void)
{
    struct histogram *histogram = histogram_new();
    histogram_record(histogram, 7);
    CHECK(histogram_median(histogram) == 7);
    histogram_record(histogram, 7);
    histogram_record(histogram, 5000);
    CHECK(histogram_median(histogram) == 7);
    histogram_free(histogram);
    histogram = example_histogram();
    CHECK(histogram_median(histogram) == 5003); // 5000 to 5003 are one value
    CHECK(histogram_count(histogram) == 70012);
    histogram_record(histogram, INT64_MAX); // longer than an hour: counted as an hour
    CHECK(histogram_count(histogram) == 70013);
    histogram_free(histogram);
}

// The uncompressed bytes are what HdrHistogram 2.2.2 for Java makes of the same values.
static void a_histogram_is_encoded_as_hdrhistogram_does_it(void)
{
    static const char expected[] =
        "1c8493130000001a000000000000000300000000000000010000034630b8a0003ff0000000000000"
        "0206f91f0202fb0f0202c103e0c508ed4404ffa40102dfec0102";
    struct histogram *histogram = example_histogram();
    char *text = histogram_encode(histogram);
    unsigned char packed[1024], plain[1024];
    char hex[2 * sizeof plain + 1];
    CHECK(text != NULL && strlen(text) < sizeof packed);
    const int packed_bytes = EVP_DecodeBlock(packed, (const unsigned char *)text, (int)strlen(text));
    CHECK(packed_bytes > 8 && memcmp(packed, "\x1c\x84\x93\x14", 4) == 0);
    uLongf plain_bytes = sizeof plain;
    CHECK(uncompress(plain, &plain_bytes, packed + 8, (uLong)packed_bytes - 8) == Z_OK);
    for (uLongf i = 0; i < plain_bytes; i++)
        snprintf(hex + 2 * i, 3, "%02x", plain[i]);
    CHECK(strcmp(hex, expected) == 0);
    free(text);
    histogram_free(histogram);
}

static void each_message_is_due_at_its_own_time(void)
{
    struct pace pace = {.rate = 300};
    pace_begin(&pace, 1000);
    CHECK(pace_due_ns(&pace, 0) == 1000);
    CHECK(pace_due_ns(&pace, 1) == 1000 + 3333333);
    CHECK(pace_due_ns(&pace, 3) == 1000 + 10000000); // the fractions do not add up
    CHECK(pace_due_ns(&pace, UINT64_C(999999999)) == 1000 + INT64_C(3333333330000000));
    pace.rate = 1;
    CHECK(pace_due_ns(&pace, UINT64_C(999999999)) == 1000 + INT64_C(999999999000000000));
}

static void late_is_more_than_one_interval_after_its_time(void)
{
    struct pace pace = {.rate = 1000};
    pace_begin(&pace, 5000000);
    pace_sent(&pace, 0, 5000000);
    pace_sent(&pace, 1, 7000000); // one interval after its time
    CHECK(pace.late == 0);
    pace_sent(&pace, 2, 8000001);
    CHECK(pace.late == 1);
    pace_sent(&pace, 3, 9000000); // message 2 does not shift it
    CHECK(pace.late == 1);
    CHECK(pace_achieved(&pace) == 750); // 3 intervals in 4 ms
}

int main(void)
{
    RUN(a_header_has_the_golden_bytes);
    RUN(a_descriptor_has_the_golden_bytes);
    RUN(a_planned_header_is_sound_and_just_as_large_as_needed);
    RUN(each_lie_in_a_header_has_its_name);
    RUN(each_lie_in_a_descriptor_has_its_name);
    RUN(a_payload_that_follows_on_the_channel_has_no_offset_and_fits_a_slot);
    RUN(an_acknowledgement_must_be_of_the_oldest_message);
    RUN(a_lane_keeps_order_and_refuses_the_65th);
    RUN(a_lane_whose_counters_lie_is_broken);
    RUN(each_lie_in_a_ring_has_its_name);
    RUN(crc32c_agrees_with_rfc_3720_in_both_ways);
    RUN(a_histogram_keeps_three_digits);
    RUN(a_histogram_is_encoded_as_hdrhistogram_does_it);
    RUN(each_message_is_due_at_its_own_time);
    RUN(late_is_more_than_one_interval_after_its_time);
    puts("framed layout: all passed");
    return 0;
}
