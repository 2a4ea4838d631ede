// SPDX-License-Identifier: Apache-2.0
// Writer: create, size, reserve, attach, then write (or encode) and notify for each message, detach, remove.
// Reader: attach, then wait, read (or decode) and verify for each message, detach.
#include "framed.h"

#include "clock.h"
#include "crc32c.h"
#include "error.h"
#include "guard.h"
#include "undo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAUSE_NS 200000 // between two looks for a segment or its state; the contract allows 1 ms

static bool load_messages(struct run *run);
static bool plan_segment(struct run *run);
static bool create_segment(struct run *run);
static bool write_header(struct run *run);
static bool channel_create(struct run *run);
static bool publish_ready(struct run *run);
static bool channel_open(struct run *run);
static bool send_messages(struct run *run);
static bool publish_closed(struct run *run);
static bool channel_close(struct run *run);
static bool digest_messages(struct run *run);
static bool await_segment(struct run *run);
static bool check_header(struct run *run);
static bool prepare_buffer(struct run *run);
static bool receive_messages(struct run *run);
static bool save_messages(struct run *run);
static bool save_trace(struct run *run);
static bool show_exchange(struct run *run);

// clang-format off
bool framed_write(struct run *run)
{
    const struct segment_api *segment = run->peer->api;
    step *const flow[] = {
        load_messages,
        plan_segment,
        create_segment,
        segment->size,
        segment->reserve,
        segment->attach,
        write_header,
        channel_create,
        publish_ready,
        channel_open,
        send_messages, // write or encode, notify
        publish_closed,
        channel_close,
        segment->detach,
        segment->remove,
        digest_messages,
        save_trace,
        show_exchange,
    };
    return follow(run, flow, sizeof flow / sizeof flow[0]);
}

bool framed_read(struct run *run)
{
    const struct segment_api *segment = run->peer->api;
    step *const flow[] = {
        out_open,
        await_segment, // attach
        check_header,
        prepare_buffer,
        channel_open,
        receive_messages, // wait, read, decode, verify
        channel_close,
        segment->detach,
        save_messages,
        save_trace,
        show_exchange,
    };
    return follow(run, flow, sizeof flow / sizeof flow[0]);
}
// clang-format on

static struct header *shared_header(const struct run *run)
{
    return (struct header *)run->segment.base;
}

// From here on a signal that ends this process closes the segment for the other side, where this one may
// write to it.
static void channel_prepare(struct run *run)
{
    channel_begin(run);
    if (run->segment.writable)
        undo_state(&shared_header(run)->state);
}

static uint64_t channel_bytes(const struct run *run)
{
    return channel_block_bytes(run->options.channel);
}

// Whether messages are values, which a codec turns into bytes.
static bool is_shaped(const struct run *run)
{
    return run->options.shape != SHAPE_NONE;
}

// Time stamps of a message for --trace.
static int trace_columns(const struct run *run)
{
    return run->options.trace == NULL ? 0 : is_shaped(run) ? 4 : 3;
}

// Whether the payload goes through the channel, not through the segment.
static bool is_whole(const struct run *run)
{
    return run->channel.api->send_whole != NULL;
}

static uint64_t total_messages(const struct run *run)
{
    return run->options.warmup + run->options.count;
}

// ---- writer ----

static const struct piece *piece_at(const struct run *run, uint64_t index)
{
    return &run->pieces[index % run->distinct];
}

// Messages that are the bytes of the payload file.
static void cut_messages(struct run *run)
{
    const uint64_t size = run->options.message_size;
    for (uint64_t i = 0; i < run->distinct; i++)
        run->pieces[i] = (struct piece){.bytes = run->payload.bytes + i * size, .length = size};
}

// The payload file in memory, cut into messages (or values, and these encoded), each with its CRC.
static bool load_messages(struct run *run)
{
    struct options *options = &run->options;
    if (!payload_load(run, options->payload, SEGMENT_SIZE_MAX))
        return false;
    const uint64_t length = run->payload.length;
    if (is_shaped(run))
        options->message_size = shape_image_bytes(options->shape);
    else if (!options->has_message_size)
        options->message_size = length;
    const uint64_t size = options->message_size;
    if (size == 0 ? length != 0 : length == 0 || length % size != 0)
        return fail_because(run, layout_rule(run), options->payload, EINVAL,
                            "its %" PRIu64 " bytes are no multiple of %s %" PRIu64, length,
                            is_shaped(run) ? "the shape's" : "--message-size", size);
    run->distinct = size == 0 ? 1 : length / size;
    run->pieces = calloc(run->distinct, sizeof *run->pieces);
    if (run->pieces == NULL)
        return fail(run, "malloc", options->payload, ENOMEM);
    if (!is_shaped(run))
        cut_messages(run);
    else if (!shaped_load(run))
        return false;
    for (uint64_t i = 0; options->verify && i < run->distinct; i++)
        run->pieces[i].crc32c = crc32c(run->pieces[i].bytes, run->pieces[i].length);
    return true;
}

static uint64_t largest_message(const struct run *run)
{
    uint64_t largest = 0;
    for (uint64_t i = 0; i < run->distinct; i++)
        if (run->pieces[i].length > largest)
            largest = run->pieces[i].length;
    return largest;
}

static bool plan_segment(struct run *run)
{
    struct options *options = &run->options;
    const uint64_t largest = largest_message(run);
    if (largest > SEGMENT_SIZE_MAX / SLOT_COUNT_MAX)
        return fail_because(run, layout_rule(run), options->payload, EMSGSIZE,
                            "a message of more than 2^43 bytes");
    header_plan(&run->header, largest + options->codec->slack, options->window, channel_bytes(run));
    run->segment.wanted = run->header.segment_size;
    if (options->segment_size == 0)
        options->segment_size = run->header.segment_size;
    if (options->segment_size < run->header.segment_size)
        return fail_because(run, layout_rule(run), options->payload, EMSGSIZE,
                            "header and slots take %" PRIu64 " bytes: raise --segment-size",
                            run->header.segment_size);
    run->header.segment_size = options->segment_size;
    run->segment.writable = true;
    return true;
}

static void copy_header_out(void *context)
{
    struct run *run = context;
    const uint64_t state = __atomic_load_n(&shared_header(run)->state, __ATOMIC_ACQUIRE);
    memcpy(&run->header, run->segment.base, sizeof run->header); // only the copy is used from here on
    run->header.state = state;
}

// A segment that is there already: the error says who made it, if its header does.
static bool create_segment(struct run *run)
{
    const struct segment_api *api = run->peer->api;
    if (api->create(run))
        return true;
    struct error *error = &run->error;
    run->segment.writable = false;
    if (error->number != EEXIST || !api->find(run) || run->segment.size < HEADER_BYTES || !api->attach(run) ||
        !guard_run(copy_header_out, run) || header_check(&run->header, run->segment.size, 0) != NULL)
        return false;
    run->stage_happened[STAGE_READER_ATTACH] = run->stage_happened[STAGE_ATTACH] = false; // only to look
    const char *call = error->call;
    error->call = NULL;
    return fail_because(run, call, run->segment.object, EEXIST,
                        "already there, made by process %" PRIu64
                        " (its own number): wait for that one, or run ./shmbed clean if it is dead",
                        run->header.creator_pid);
}

static void copy_header_in(void *context)
{
    struct run *run = context;
    memcpy(run->segment.base, &run->header, sizeof run->header); // its state is STATE_INIT
}

static bool segment_lost(struct run *run, const char *call)
{
    return fail_because(run, call, run->segment.object, EFAULT,
                        "SIGBUS: the segment was truncated, or no memory is left for it");
}

static bool write_header(struct run *run)
{
    if (!header_sign(&run->header))
        return fail(run, "getrandom", "generation", errno);
    return guard_run(copy_header_in, run) || segment_lost(run, "write shared memory");
}

static bool channel_create(struct run *run)
{
    channel_prepare(run);
    return run->channel.api->create(&run->channel);
}

static void store_ready(void *context)
{
    __atomic_store_n(&shared_header(context)->state, STATE_READY, __ATOMIC_RELEASE);
}

static void store_closed(void *context)
{
    __atomic_store_n(&shared_header(context)->state, STATE_CLOSED, __ATOMIC_RELEASE);
}

static bool publish_ready(struct run *run)
{
    return guard_run(store_ready, run) || segment_lost(run, "write shared memory");
}

static bool publish_closed(struct run *run)
{
    return guard_run(store_closed, run) || segment_lost(run, "write shared memory");
}

void framed_abandon(struct run *run)
{
    if (run->channel.api != NULL && run->segment.base != NULL && run->segment.writable)
        guard_run(store_closed, run);
    undo_state(NULL);
}

// Waits for the acknowledgement of message `index` (from 0).
static bool take_acknowledgement(struct run *run, uint64_t index)
{
    const bool measured = index >= run->options.warmup;
    struct descriptor acknowledgement;
    int number = 0;
    run->stage = STAGE_WAIT;
    if (!run->channel.api->receive(&run->channel, &acknowledgement, run->deadline_ns))
        return false;
    const int64_t received_ns = clock_ns();
    const char *rule = acknowledgement_check(&acknowledgement, &run->header, index, &number);
    if (rule != NULL)
        return fail_rule(run, "descriptor", run->options.channel, number, rule);
    ledger_record(&run->ledger, STAGE_ROUND_TRIP, index == 0, measured,
                  received_ns - run->sent_ns[index % SLOT_COUNT_MAX]);
    return true;
}

// Takes all acknowledgements up to that of message `until` - 1.
static bool take_acknowledgements(struct run *run, uint64_t *acknowledged, uint64_t until)
{
    while (*acknowledged < until)
        if (!take_acknowledgement(run, (*acknowledged)++))
            return false;
    return true;
}

// Whether message `index` (from 0) has a time at which it is due.
static bool is_paced(const struct run *run, uint64_t index)
{
    return run->options.rate > 0 && index >= run->options.warmup;
}

// Spins until measured message `index` (from 0, with the warm-up) is due. Acknowledgements that come in the
// meantime are taken, or their round trip would last until the next message.
static bool await_due(struct run *run, uint64_t index, uint64_t *acknowledged)
{
    const int64_t due_ns = pace_due_ns(&run->pace, index - run->options.warmup);
    for (int64_t now_ns = clock_ns(); now_ns < due_ns; now_ns = clock_ns()) {
        run->stage = STAGE_WAIT;
        if (now_ns >= run->deadline_ns)
            return fail_because(
                run, "clock_gettime", run->options.channel, ETIMEDOUT,
                "message %" PRIu64 " is due after the deadline: raise --deadline-ms or --rate", index + 1);
        if (*acknowledged < index && run->channel.api->arrived(&run->channel) &&
            !take_acknowledgement(run, (*acknowledged)++))
            return false;
    }
    return true;
}

static void begin_pace(struct run *run)
{
    run->pace.rate = run->options.rate;
    pace_begin(&run->pace, clock_ns());
}

// Encodes the message's values into its slot, or into private memory where the channel carries the payload.
// Sets where the message lies, and how long it is.
static bool encode_message(struct run *run, uint64_t index, struct descriptor *descriptor,
                           const unsigned char **from)
{
    struct room room;
    unsigned char *slot = is_whole(run) ? NULL : run->segment.base + descriptor->offset;
    if (!shaped_encode(run, index, slot, run->header.slot_size, &room))
        return false;
    descriptor->length = room.length;
    if (is_whole(run))
        *from = room.bytes + room.begin;
    else
        descriptor->offset += room.begin;
    return true;
}

// Message `index` (from 0): into its slot, then its descriptor on the way.
static bool send_message(struct run *run, uint64_t index)
{
    const bool first = index == 0, measured = index >= run->options.warmup;
    const bool paced = is_paced(run, index), whole = is_whole(run);
    const struct piece *piece = piece_at(run, index);
    const unsigned char *from = piece->bytes;
    struct descriptor descriptor = {
        .seq = index + 1,
        .offset = whole ? 0 : header_slot_offset(&run->header, index + 1),
        .length = piece->length,
        .generation = run->header.generation,
        .crc32c = piece->crc32c,
        .flags = run->options.verify ? FLAG_CRC32C : 0,
    };
    int64_t begun_ns = 0, ended_ns = 0;

    if (is_shaped(run)) {
        run->stage = STAGE_ENCODE;
        begun_ns = clock_ns();
        if (!encode_message(run, index, &descriptor, &from))
            return false;
        ended_ns = clock_ns();
    } else if (!whole) {
        run->stage = STAGE_WRITE;
        begun_ns = clock_ns();
        memcpy(run->segment.base + descriptor.offset, from, descriptor.length);
        ended_ns = clock_ns();
    }

    run->stage = STAGE_NOTIFY;
    __atomic_store_n(&shared_header(run)->sequence, descriptor.seq, __ATOMIC_RELEASE);
    const int64_t send_begun_ns = clock_ns();
    descriptor.sent_ns = paced ? pace_due_ns(&run->pace, index - run->options.warmup) : send_begun_ns;
    if (!(whole ? run->channel.api->send_whole(&run->channel, &descriptor, from)
                : run->channel.api->send(&run->channel, &descriptor)))
        return false;
    const int64_t notified_ns = clock_ns();

    run->sent_ns[index % SLOT_COUNT_MAX] = descriptor.sent_ns;
    if (paced)
        pace_sent(&run->pace, index - run->options.warmup, send_begun_ns);
    if (is_shaped(run))
        ledger_record(&run->ledger, STAGE_ENCODE, first, measured, ended_ns - begun_ns);
    else if (whole)
        begun_ns = ended_ns = send_begun_ns;
    else
        ledger_record(&run->ledger, STAGE_WRITE, first, measured, ended_ns - begun_ns);
    ledger_record(&run->ledger, STAGE_NOTIFY, first, measured, notified_ns - send_begun_ns);
    const int64_t stamps_ns[] = {begun_ns, ended_ns, is_shaped(run) ? ended_ns : descriptor.sent_ns,
                                 descriptor.sent_ns};
    if (measured)
        ledger_trace(&run->ledger, stamps_ns);
    return true;
}

static void send_loop(void *context)
{
    struct run *run = context;
    const uint64_t total = total_messages(run);
    uint64_t acknowledged = 0;
    for (uint64_t index = 0; index < total; index++) {
        if (index == run->options.warmup)
            ledger_begin(&run->ledger);
        const bool paced = is_paced(run, index);
        if (paced && index == run->options.warmup) {
            if (!take_acknowledgements(run, &acknowledged, index))
                return;
            begin_pace(run);
        }
        if (index - acknowledged == run->options.window && !take_acknowledgement(run, acknowledged++))
            return;
        if (paced && !await_due(run, index, &acknowledged))
            return;
        if (!send_message(run, index))
            return;
    }
    if (!take_acknowledgements(run, &acknowledged, total))
        return;
    ledger_end(&run->ledger);
    run->measured = true;
}

static bool send_messages(struct run *run)
{
    const enum stage stages[] = {STAGE_NOTIFY, STAGE_ROUND_TRIP, is_shaped(run) ? STAGE_ENCODE : STAGE_WRITE};
    if (!ledger_open(&run->ledger, stages, is_whole(run) && !is_shaped(run) ? 2 : 3, run->options.count,
                     trace_columns(run)))
        return fail(run, "malloc", "histograms", ENOMEM);
    if (!guard_run(send_loop, run))
        return segment_lost(run, "write shared memory");
    return run->measured;
}

// What the reader must have seen, in order.
static bool digest_messages(struct run *run)
{
    const uint64_t total = total_messages(run);
    for (uint64_t index = 0; index < total; index++)
        run->exchanged_bytes += piece_at(run, index)->length;
    run->payload_known = true;
    if (is_shaped(run) && !shaped_digest(run))
        return false;
    if (!run->options.verify)
        return true;
    struct sha256 sha256;
    bool done = sha256_begin(&sha256);
    for (uint64_t index = 0; done && index < total; index++)
        done = sha256_add(&sha256, piece_at(run, index)->bytes, piece_at(run, index)->length);
    done = done && sha256_end(&sha256, run->sha256);
    sha256_free(&sha256);
    run->payload_known = done;
    return done || fail(run, "EVP_Digest", "SHA-256", ENOMEM);
}

// ---- both ----

static bool channel_open(struct run *run)
{
    run->stage = STAGE_WAIT;
    return run->channel.api->open(&run->channel);
}

static bool channel_close(struct run *run)
{
    if (run->channel.api->prove != NULL && !run->channel.api->prove(&run->channel, &run->proof))
        return false;
    run->channel.api->close(&run->channel);
    undo_state(NULL); // it is detached next
    return true;
}

static bool save_trace(struct run *run)
{
    const char *path = run->options.trace;
    if (path == NULL)
        return true;
    return file_write(run, path, run->ledger.trace,
                      run->ledger.traced * (uint64_t)run->ledger.columns * sizeof(int64_t));
}

static bool show_exchange(struct run *run)
{
    if (run->lines == NULL)
        return true;
    show_stages(run);
    fprintf(run->lines, "messages=%" PRIu64 ", msg length=%" PRIu64 "\n", total_messages(run),
            run->exchanged_bytes);
    if (run->options.verify)
        fprintf(run->lines, "msg sha256=%s\n", run->sha256);
    return true;
}

// ---- reader ----

static void pause_shortly(void)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

// Whether an attempt failed because the segment is not there, or was removed under it.
static bool is_missing(const struct run *run)
{
    const struct error *error = &run->error;
    if (error->number == ENOENT)
        return strcmp(error->call, run->peer->api->find_call) == 0;
    return error->number == EIDRM || (error->number == EINVAL && strncmp(error->call, "shm", 3) == 0);
}

// One look. False with an error, or without one where it is not ready yet: missing, of no size, half made, or
// about to be removed.
static bool try_segment(struct run *run)
{
    const struct segment_api *api = run->peer->api;
    run->stage_ns[STAGE_READER_ATTACH] = 0;
    bool attached = api->find(run);
    if (attached && run->segment.size == 0)
        return false;
    if (attached && run->segment.size < HEADER_BYTES)
        return fail_rule(run, "header", run->segment.object, EBADMSG, "SEGMENT_SIZE");
    if (!attached || !api->attach(run)) {
        if (is_missing(run))
            run->error.call = NULL;
        return false;
    }
    if (!guard_run(copy_header_out, run))
        return segment_lost(run, "read shared memory");
    return run->header.state != STATE_INIT && run->header.state != STATE_CLOSED;
}

// reader-attach: looks again and again, each time by name, since a segment that never becomes ready may be
// replaced by one that does.
static bool await_segment(struct run *run)
{
    run->segment.writable = channel_bytes(run) != 0;
    while (!try_segment(run)) {
        if (run->error.call != NULL)
            return false;
        run->peer->api->release(&run->segment);
        if (clock_ns() >= run->deadline_ns)
            return fail_because(run, run->peer->api->find_call, run->segment.object, ETIMEDOUT,
                                "no segment became ready in %" PRId64 " ms: start the writer",
                                run->options.deadline_ms);
        pause_shortly();
    }
    return true;
}

static bool check_header(struct run *run)
{
    const char *rule = header_check(&run->header, run->segment.size, channel_bytes(run));
    return rule == NULL || fail_rule(run, "header", run->segment.object, EBADMSG, rule);
}

// Whether a payload is copied to private memory: always, but for values that are decoded where they lie.
static bool copies_out(const struct run *run)
{
    return !is_shaped(run) || is_whole(run) || shaped_copies(run);
}

static bool prepare_buffer(struct run *run)
{
    enum stage stages[5] = {STAGE_TRANSMIT, STAGE_WAIT};
    int count = 2;
    const bool verify = run->options.verify;
    channel_prepare(run);
    if (copies_out(run))
        stages[count++] = STAGE_READ;
    if (is_shaped(run))
        stages[count++] = STAGE_DECODE;
    if (verify)
        stages[count++] = STAGE_VERIFY;
    if (!payload_grow(&run->payload, run->header.slot_size + 1) || (verify && !sha256_begin(&run->digest)) ||
        !ledger_open(&run->ledger, stages, count, run->options.count, trace_columns(run)))
        return fail(run, "malloc", "buffer", ENOMEM);
    return !is_shaped(run) || shaped_prepare(run);
}

// Outside the ledger: the CRC of the payload, and its digest.
static bool verify_message(struct run *run, const struct descriptor *descriptor, const unsigned char *payload,
                           bool first, bool measured)
{
    run->stage = STAGE_VERIFY;
    if ((descriptor->flags & FLAG_CRC32C) != 0) {
        const int64_t begun_ns = clock_ns();
        const bool same = crc32c(payload, descriptor->length) == descriptor->crc32c;
        ledger_record(&run->ledger, STAGE_VERIFY, first, measured, clock_ns() - begun_ns);
        if (!same && run->crc_mismatches++ == 0)
            run->first_crc_mismatch = descriptor->seq;
    }
    return sha256_add(&run->digest, payload, descriptor->length) ||
           fail(run, "EVP_Digest", "SHA-256", ENOMEM);
}

// The same descriptor, back.
static bool acknowledge(struct run *run, const struct descriptor *descriptor)
{
    struct descriptor acknowledgement = *descriptor;
    acknowledgement.flags |= FLAG_ACKNOWLEDGEMENT;
    acknowledgement.sent_ns = clock_ns();
    return run->channel.api->send(&run->channel, &acknowledgement);
}

// Copies the payload out, or receives it, or leaves it where it is. Sets where it is then.
static bool read_payload(struct run *run, const struct descriptor *descriptor, const unsigned char **payload)
{
    run->stage = STAGE_READ;
    *payload = run->payload.bytes;
    if (is_whole(run))
        return run->channel.api->receive_payload(&run->channel, run->payload.bytes, descriptor->length,
                                                 run->deadline_ns);
    const unsigned char *slot = run->segment.base + descriptor->offset;
    (void)__atomic_load_n(&shared_header(run)->sequence, __ATOMIC_ACQUIRE); // pairs with the writer's release
    if (copies_out(run))
        memcpy(run->payload.bytes, slot, descriptor->length);
    else
        *payload = slot;
    return true;
}

// Message `index` (from 0): wait for its descriptor, check it, copy the payload out or decode it, verify it,
// acknowledge. In this order: verifying after the acknowledgement would lie on the next message's way and be
// measured as its `transmit`.
static bool receive_message(struct run *run, uint64_t index)
{
    const bool first = index == 0, measured = index >= run->options.warmup;
    struct descriptor descriptor;
    int number = 0;

    run->stage = STAGE_WAIT;
    const int64_t wait_begun_ns = clock_ns();
    if (!run->channel.api->receive(&run->channel, &descriptor, run->deadline_ns))
        return false;
    const int64_t received_ns = clock_ns();

    const char *rule = descriptor_check(&descriptor, &run->header, index, is_whole(run), &number);
    if (rule != NULL)
        return fail_rule(run, "descriptor", run->options.channel, number, rule);

    const unsigned char *payload;
    const int64_t read_begun_ns = clock_ns();
    if (!read_payload(run, &descriptor, &payload))
        return false;
    const int64_t read_ended_ns = clock_ns();
    int64_t decode_ended_ns = read_ended_ns;
    if (is_shaped(run)) {
        run->stage = STAGE_DECODE;
        if (!shaped_decode(run, payload, descriptor.length))
            return false;
        decode_ended_ns = clock_ns();
        ledger_record(&run->ledger, STAGE_DECODE, first, measured, decode_ended_ns - read_ended_ns);
    }

    int64_t transmit_ns;
    if (__builtin_sub_overflow(received_ns, descriptor.sent_ns, &transmit_ns))
        transmit_ns = -1; // sent_ns is the writer's word
    ledger_record(&run->ledger, STAGE_TRANSMIT, first, measured, transmit_ns);
    ledger_record(&run->ledger, STAGE_WAIT, first, measured, received_ns - wait_begun_ns);
    if (copies_out(run))
        ledger_record(&run->ledger, STAGE_READ, first, measured, read_ended_ns - read_begun_ns);
    const int64_t stamps_ns[] = {received_ns, read_begun_ns, read_ended_ns, decode_ended_ns};
    if (measured)
        ledger_trace(&run->ledger, stamps_ns);
    run->exchanged_bytes += descriptor.length;
    if (run->options.verify && !verify_message(run, &descriptor, payload, first, measured))
        return false;
    if (!file_append(run, run->out, run->options.out, payload, descriptor.length))
        return false;
    if (is_shaped(run) && !shaped_keep(run))
        return false;
    return acknowledge(run, &descriptor);
}

static void receive_loop(void *context)
{
    struct run *run = context;
    const uint64_t total = total_messages(run);
    for (uint64_t index = 0; index < total; index++) {
        if (index == run->options.warmup)
            ledger_begin(&run->ledger);
        if (!receive_message(run, index))
            return;
    }
    ledger_end(&run->ledger);
    run->measured = true;
}

static bool receive_messages(struct run *run)
{
    if (!guard_run(receive_loop, run))
        return segment_lost(run, "read shared memory");
    return run->measured;
}

static bool save_messages(struct run *run)
{
    if (is_shaped(run) && !shaped_finish(run))
        return false;
    run->payload_known = !run->options.verify || sha256_end(&run->digest, run->sha256);
    return (run->payload_known || fail(run, "EVP_Digest", "SHA-256", ENOMEM)) && out_close(run);
}
