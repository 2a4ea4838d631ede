// SPDX-License-Identifier: Apache-2.0
// Writer: create, size, reserve, attach, write, detach. Reader: attach, read, detach, remove. With --repeat
// again and again.
#include "classic.h"

#include "clock.h"
#include "error.h"
#include "guard.h"
#include "sha256.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char os_text[] = "This is POSIX shared memory IPC.\n";
#define OS_FIRST_PART 14                  // bytes of "This is POSIX "
#define FIRST_PIECE_BYTES UINT64_C(65536) // that the reader copies, doubled as often as the text asks for it

static bool load_text(struct run *run);
static bool write_rounds(struct run *run);
static bool read_rounds(struct run *run);
static uint64_t first_part(const struct run *run);
static bool write_text(struct run *run);
static bool has_bytes(struct run *run);
static bool read_text(struct run *run);
static bool save_text(struct run *run);
static bool show_text(struct run *run);
static bool leave(struct run *run);
static bool digest_text(struct run *run);
static bool show_exchange(struct run *run);

// clang-format off
bool classic_write(struct run *run)
{
    step *const flow[] = {
        load_text,
        write_rounds,
        digest_text,
        show_exchange,
    };
    return follow(run, flow, sizeof flow / sizeof flow[0]);
}

bool classic_read(struct run *run)
{
    const struct segment_api *segment = run->peer->api;
    step *const flow[] = {
        out_open,
        read_rounds,
        save_text,
        show_text,
        segment->reader_removes ? segment->remove : leave, // only now: the text is safe
        digest_text,
        show_exchange,
    };
    return follow(run, flow, sizeof flow / sizeof flow[0]);
}

// One round of --repeat, which is all there is without it.
static bool write_round(struct run *run)
{
    const struct segment_api *segment = run->peer->api;
    step *const flow[] = {
        segment->create,
        segment->size,
        segment->reserve,
        segment->attach,
        write_text,
        segment->detach,
    };
    return follow(run, flow, sizeof flow / sizeof flow[0]);
}

static bool read_round(struct run *run)
{
    const struct segment_api *segment = run->peer->api;
    step *const flow[] = {
        segment->find,
        has_bytes,
        segment->attach,
        read_text,
        segment->detach,
    };
    return follow(run, flow, sizeof flow / sizeof flow[0]);
}
// clang-format on

// Moves what the stages of a round took into the ledger.
static void record_round(struct run *run, bool first)
{
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        if (!run->stage_happened[stage])
            continue;
        ledger_record(&run->ledger, (enum stage)stage, first, true, run->stage_ns[stage]);
        run->stage_happened[stage] = false;
        run->stage_ns[stage] = 0;
    }
}

// One after the other, with `between` after each but the last. Only the stages of several rounds go into the
// ledger.
static bool repeat(struct run *run, step *round, step *between, const enum stage *stages, int stage_count)
{
    const uint64_t rounds = run->options.repeat;
    if (rounds == 1)
        return round(run);
    if (!ledger_open(&run->ledger, stages, stage_count, rounds, 0))
        return fail(run, "malloc", "histograms", ENOMEM);
    ledger_begin(&run->ledger);
    for (uint64_t index = 0; index < rounds; index++) {
        if (!round(run) || (index + 1 < rounds && !between(run)))
            return false;
        record_round(run, index == 0);
    }
    ledger_end(&run->ledger);
    run->measured = true;
    return true;
}

static bool write_rounds(struct run *run)
{
    static const enum stage stages[] = {STAGE_CREATE, STAGE_SIZE,   STAGE_RESERVE, STAGE_ATTACH,
                                        STAGE_WRITE,  STAGE_DETACH, STAGE_REMOVE};
    return repeat(run, write_round, run->peer->api->remove, stages, sizeof stages / sizeof stages[0]);
}

static bool read_rounds(struct run *run)
{
    static const enum stage stages[] = {STAGE_READER_ATTACH, STAGE_READ, STAGE_DETACH};
    if (run->options.repeat > 1 && !payload_grow(&run->payload, CLASSIC_SEGMENT_SIZE))
        return fail(run, "malloc", "text", ENOMEM);
    return repeat(run, read_round, leave, stages, sizeof stages / sizeof stages[0]);
}

// The text and its NUL, in memory: from --payload, from MSG_SIZE, or the fixed one of the `os` layout.
static bool load_text(struct run *run)
{
    const struct options *options = &run->options;
    struct payload *payload = &run->payload;
    if (options->payload != NULL) {
        if (!payload_load(run, options->payload, options->segment_size - 1))
            return false;
        if (memchr(payload->bytes, '\0', payload->length) != NULL)
            return fail_because(run, "classic", options->payload, EINVAL,
                                "the payload holds a NUL, which would end the text: use --layout framed");
    } else {
        uint64_t length = options->layout == LAYOUT_OS ? sizeof os_text - 1 : options->message_text_size - 1;
        if (length >= options->segment_size)
            return fail_because(run, "classic", "text", EMSGSIZE,
                                "%" PRIu64 " bytes and a NUL do not fit: raise --segment-size", length);
        if (!payload_grow(payload, length + 1))
            return fail(run, "malloc", "text", ENOMEM);
        if (options->layout == LAYOUT_OS)
            memcpy(payload->bytes, os_text, length);
        else
            memset(payload->bytes, 'a', length);
        payload->length = length;
    }
    payload->bytes[payload->length] = '\0';
    run->segment.wanted = payload->length + 1;
    return true;
}

// Where the `os` layout splits its text; the whole text for `classic`.
static uint64_t first_part(const struct run *run)
{
    if (run->options.layout != LAYOUT_OS)
        return run->payload.length + 1;
    return run->options.payload != NULL ? run->payload.length / 2 : OS_FIRST_PART;
}

static bool has_bytes(struct run *run)
{
    return run->segment.size > 0 ||
           fail_because(run, "classic", run->segment.object, EBADMSG,
                        "the segment has no bytes yet: start the reader when the writer is done");
}

struct copy {
    struct run *run;
    uint64_t split; // writer: bytes of the first part
    bool ended;     // reader: the NUL was found
    int64_t ns;
};

static void copy_in(void *context)
{
    struct copy *copy = context;
    unsigned char *base = copy->run->segment.base;
    const struct payload *text = &copy->run->payload;
    int64_t begun = clock_ns();
    memcpy(base, text->bytes, copy->split);
    memcpy(base + copy->split, text->bytes + copy->split, text->length + 1 - copy->split);
    copy->ns = clock_ns() - begun;
}

static void show_text_line(const struct run *run)
{
    fprintf(run->lines, "%s shmem: %s%s, msg length=%" PRIu64 "\n",
            run->peer->role == ROLE_WRITER ? "Writing to" : "Reading from", run->peer->api->prefix,
            run->segment.object, run->payload.length);
}

static bool write_text(struct run *run)
{
    struct copy copy = {.run = run, .split = first_part(run)};
    if (shows_calls(run))
        show_text_line(run);
    run->stage = STAGE_WRITE;
    if (!guard_run(copy_in, &copy))
        return fail_because(run, "write shared memory", run->segment.object, EFAULT,
                            "SIGBUS: the segment was truncated, or no memory is left for it");
    stage_add(run, STAGE_WRITE, "write shared memory", copy.ns);
    return true;
}

// Copies piece by piece; the buffer grows between the pieces, outside the measured time. Stops when memory
// runs out.
static void copy_out(void *context)
{
    struct copy *copy = context;
    const struct segment *segment = &copy->run->segment;
    struct payload *text = &copy->run->payload;
    uint64_t piece_end = FIRST_PIECE_BYTES;
    while (!copy->ended && text->length < segment->size) {
        if (piece_end > segment->size)
            piece_end = segment->size;
        if (!payload_grow(text, piece_end))
            return;
        int64_t begun = clock_ns();
        const unsigned char *after_nul =
            memccpy(text->bytes + text->length, segment->base + text->length, '\0', piece_end - text->length);
        copy->ns += clock_ns() - begun;
        copy->ended = after_nul != NULL;
        text->length = copy->ended ? (uint64_t)(after_nul - text->bytes) - 1 : piece_end;
        piece_end *= 2;
    }
}

static bool read_text(struct run *run)
{
    struct copy copy = {.run = run};
    run->payload.length = 0;
    run->stage = STAGE_READ;
    if (!guard_run(copy_out, &copy))
        return fail_because(run, "read shared memory", run->segment.object, EFAULT,
                            "SIGBUS: the segment was truncated while it was read");
    if (!copy.ended && run->payload.length < run->segment.size)
        return fail(run, "malloc", run->segment.object, ENOMEM);
    if (!copy.ended)
        return fail_because(run, "classic", run->segment.object, EBADMSG,
                            "no NUL in all of its %" PRIu64 " bytes: not a text of this layout",
                            run->segment.size);
    if (shows_calls(run))
        show_text_line(run);
    stage_add(run, STAGE_READ, "read shared memory", copy.ns);
    return true;
}

static bool save_text(struct run *run)
{
    return file_append(run, run->out, run->options.out, run->payload.bytes, run->payload.length) &&
           out_close(run);
}

// The `os` reader's stdout is the text and nothing else.
static bool show_text(struct run *run)
{
    if (run->options.layout != LAYOUT_OS || run->lines == NULL)
        return true;
    fwrite(run->payload.bytes, 1, run->payload.length, stdout);
    return fflush(stdout) == 0 || fail(run, "write", "stdout", errno);
}

// System V: the cleaner removes.
static bool leave(struct run *run)
{
    (void)run;
    return true;
}

static bool digest_text(struct run *run)
{
    struct sha256 sha256;
    bool done = sha256_begin(&sha256) && sha256_add(&sha256, run->payload.bytes, run->payload.length) &&
                sha256_end(&sha256, run->sha256);
    sha256_free(&sha256);
    if (!done)
        return fail(run, "EVP_Digest", "SHA-256", ENOMEM);
    run->exchanged_bytes = run->payload.length;
    run->payload_known = true;
    return true;
}

static bool show_exchange(struct run *run)
{
    if (run->lines == NULL)
        return true;
    if (!shows_calls(run)) {
        show_text_line(run);
        show_stages(run);
    }
    fprintf(run->lines, "msg sha256=%s\n", run->sha256);
    return true;
}
